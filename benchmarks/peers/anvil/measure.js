import { report, timed, version } from "../timing.js";
import { startNode, withBank } from "./chain.js";

const starts = [];
for (let turn = 0; turn < 5; turn++) {
  const node = await startNode();
  starts.push(node.startedIn);
  node.stop();
}
const node = await startNode();
const { client, transfer, call, credit } = await withBank(node.url);
const rewind = async () => client.revert({ id: await client.snapshot() });
report({
  version: version("@foundry-rs/anvil-linux-amd64"),
  start: starts,
  transfer: await timed(transfer),
  call: await timed(call),
  view: await timed(credit),
  rewind: await timed(rewind),
});
node.stop();

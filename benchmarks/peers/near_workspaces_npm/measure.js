import { report, timed, version } from "../timing.js";
import { start, withBank } from "./chain.js";

const running = [];
const begin = async () => running.push(await start());
const started = await timed(begin, { unmeasured: 1, times: 5 });
const worker = await start();
const { transfer, call, credit } = await withBank(worker);
report({
  version: version("near-workspaces"),
  start: started,
  transfer: await timed(transfer),
  call: await timed(call),
  view: await timed(credit),
});
await Promise.all([...running, worker].map((one) => one.tearDown()));

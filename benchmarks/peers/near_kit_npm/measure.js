import { report, timed, version } from "../timing.js";
import { start, withBank } from "./chain.js";

const running = [];
const begin = async () => running.push(await start());
const started = await timed(begin, { unmeasured: 1, times: 5 });
const sandbox = await start();
const { transfer, call, credit } = await withBank(sandbox);
const snapshot = async () => sandbox.restoreState(await sandbox.dumpState());
report({
  version: version("near-kit"),
  start: started,
  transfer: await timed(transfer),
  call: await timed(call),
  view: await timed(credit),
  rewind: await timed(snapshot, { times: 5, unmeasured: 1 }),
});
await Promise.all([...running, sandbox].map((one) => one.stop()));

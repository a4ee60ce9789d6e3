import { report, timed, version } from "../timing.js";
import { start, withBank } from "./chain.js";

const chain = await start();
const { transfer, call, credit } = await withBank(chain);
report({
  version: version("@ton/sandbox"),
  start: await timed(start, { unmeasured: 1, times: 5 }),
  transfer: await timed(transfer),
  call: await timed(call),
  view: await timed(credit),
  rewind: await timed(() => chain.loadFrom(chain.snapshot())),
});

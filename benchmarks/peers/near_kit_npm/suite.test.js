import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { ONE, TESTS } from "../timing.js";
import { start, withBank } from "./chain.js";

let sandbox, bank, fresh;
before(async () => {
  sandbox = await start();
  bank = await withBank(sandbox);
  await bank.call(); // without an entry for the customer the snapshot would not take one away
  fresh = await sandbox.dumpState();
});
after(() => sandbox.stop());
beforeEach(() => sandbox.restoreState(fresh));

for (let number = 0; number < TESTS; number++) {
  test(`a bank that asks a pool and hears back, ${number}`, async () => {
    assert.equal(await bank.credit(), String(ONE));
    await bank.call();
    assert.equal(await bank.credit(), String(2n * ONE));
  });
}

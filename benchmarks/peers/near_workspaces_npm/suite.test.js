import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { ONE, TESTS } from "../timing.js";
import { start, withBank } from "./chain.js";

// A worker for each test, as near-workspaces' own examples have it: a node knows no way back.
let worker, bank;
beforeEach(async () => {
  worker = await start();
  bank = await withBank(worker);
});
afterEach(() => worker.tearDown());

for (let number = 0; number < TESTS; number++) {
  test(`a bank that asks a pool and hears back, ${number}`, async () => {
    assert.equal(await bank.credit(), "0");
    await bank.call();
    assert.equal(await bank.credit(), String(ONE));
  });
}

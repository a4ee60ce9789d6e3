import assert from "node:assert/strict";
import { before, beforeEach, test } from "node:test";
import { TESTS } from "../timing.js";
import { start, withBank } from "./chain.js";

let chain, bank, fresh;
before(async () => {
  chain = await start();
  bank = await withBank(chain);
  fresh = chain.snapshot();
});
beforeEach(() => chain.loadFrom(fresh));

for (let number = 0; number < TESTS; number++) {
  test(`a contract that asks another and hears back, ${number}`, async () => {
    assert.equal(await bank.credit(), 0n);
    await bank.call();
    assert.ok((await bank.credit()) > 0n);
  });
}

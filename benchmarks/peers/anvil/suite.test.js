import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { TESTS } from "../timing.js";
import { startNode, withBank } from "./chain.js";

let node, bank, id;
before(async () => {
  node = await startNode();
  bank = await withBank(node.url);
});
after(() => node.stop());
beforeEach(async () => {
  id = await bank.client.snapshot();
});
afterEach(() => bank.client.revert({ id }));

for (let number = 0; number < TESTS; number++) {
  test(`a call of a contract that calls another, ${number}`, async () => {
    assert.equal(await bank.credit(), 0n);
    await bank.call();
    assert.equal(await bank.credit(), 10n ** 18n);
  });
}

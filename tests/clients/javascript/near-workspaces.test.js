import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { COMMAND, ONE, TGAS, wasm } from "./node.js";

// near-workspaces runs the file `near-sandbox` of this folder. It leaves the folder to us only while NEAR_SANDBOX_BIN_PATH is set.
const folder = await mkdtemp(join(tmpdir(), "near-harness-workspaces-"));
await symlink(COMMAND, join(folder, "near-sandbox"));
process.env.NEAR_SANDBOX_BINARY_PATH = folder;

const { captureError, Worker } = (await import("near-workspaces")).default;
const { transactions, utils } = (await import("near-api-js-5")).default;
const { KeyPairEd25519 } = utils;

const worker = await Worker.init({ network: "sandbox" });
after(async () => {
  await worker.tearDown();
  await rm(folder, { recursive: true });
});
const root = worker.rootAccount;
const code = await wasm("deposit_demo");
const total = async (account) => BigInt((await account.balance()).total);

test("accounts, of all kinds", async () => {
  assert.equal(root.accountId, "test.near");
  const alice = await root.createSubAccount("alice", { initialBalance: 50n * ONE });
  assert.equal(alice.accountId, "alice.test.near");
  assert.equal(await total(alice), 50n * ONE);
  assert.ok(BigInt(await alice.availableBalance()) < 50n * ONE);
  const dev = await root.devCreateAccount({ initialBalance: 7n * ONE });
  assert.equal(await total(dev), 7n * ONE);
  await alice.transfer(dev, ONE);
  assert.equal(await total(dev), 8n * ONE);
  assert.equal(await root.getAccount("nobody.test.near").exists(), false);
  await dev.delete(alice.accountId);
  assert.equal(await dev.exists(), false);
});

test("deploy, call with a deposit, view", async () => {
  const contract = await root.devDeploy(code, { initialBalance: 50n * ONE });
  assert.deepEqual(await contract.viewCode(), code);
  const done = await root.callRaw(contract, "accept", {}, { attachedDeposit: 2n * ONE });
  assert.ok(done.succeeded);
  assert.equal(done.failed, false);
  assert.equal(await contract.view("accepted"), String(2n * ONE));
  const second = await root.devDeploy(code, { method: "accept", args: {}, attachedDeposit: 3n });
  assert.equal(await second.view("accepted"), "3");
});

test("a failing cross-contract call gives the money back", async () => {
  const [caller, callee] = [await root.devDeploy(code), await root.devDeploy(code)];
  const user = await root.devCreateAccount({ initialBalance: 50n * ONE });
  const options = { gas: 100n * TGAS, attachedDeposit: 3n * ONE };
  const refunded = await user.callRaw(caller, "gives_back", { callee: callee.accountId }, options);
  assert.ok(refunded.succeeded);
  assert.equal(refunded.parseResult(), false);
  assert.equal(refunded.receiptFailures.length, 1);
  assert.ok(refunded.receiptFailureMessagesContain("this callee refuses deposits"));
  assert.ok(refunded.logsContain("given_back"));
  // The reply does not wait for refunds; a later transaction of the same account is behind them.
  await user.transfer(root, 1n);
  assert.ok((await total(user)) > 49n * ONE);
  await user.callRaw(caller, "forgets", { callee: callee.accountId }, options);
  await user.transfer(root, 1n);
  assert.ok((await total(user)) < 47n * ONE);
});

test("a batch is all or nothing", async () => {
  const key = KeyPairEd25519.fromRandom().getPublicKey().toString();
  const batch = (id, method) =>
    root
      .batch(id)
      .createAccount()
      .transfer(20n * ONE)
      .addKey(key, transactions.fullAccessKey())
      .deployContract(code)
      .functionCall(method, {}, { attachedDeposit: ONE });
  const done = await batch("batch.test.near", "accept").transact();
  assert.ok(done.succeeded);
  assert.equal(await root.getAccount("batch.test.near").view("accepted"), String(ONE));
  const failed = await batch("gone.test.near", "refuse").transact();
  assert.equal(failed.failed, true);
  assert.equal(failed.Failure.ActionError.index, 4);
  assert.equal(await root.getAccount("gone.test.near").exists(), false);
});

test("keys", async () => {
  const user = await root.devCreateAccount();
  const limited = KeyPairEd25519.fromRandom();
  await user
    .batch(user)
    .addKey(limited.getPublicKey(), transactions.functionCallAccessKey(root.accountId, [], ONE))
    .transact();
  const { keys } = await user.viewAccessKeys(user.accountId);
  assert.equal(keys.length, 2);
  const found = await user.viewAccessKey(user.accountId, limited.getPublicKey());
  assert.equal(found.permission.FunctionCall.receiver_id, root.accountId);
  await user.batch(user).deleteKey(limited.getPublicKey()).transact();
  assert.equal((await user.viewAccessKeys(user.accountId)).keys.length, 1);
});

test("state, patched in every way", async () => {
  const contract = await root.devDeploy(code);
  await root.call(contract, "accept", {}, { attachedDeposit: ONE });
  const [{ key }] = await contract.viewStateRaw();
  const value = Buffer.alloc(16);
  value.writeBigUInt64LE(7n);
  await contract.patchState(Buffer.from(key, "base64").toString(), value);
  assert.equal(await contract.view("accepted"), "7");
  value.writeBigUInt64LE(8n);
  await contract.updateData(key, value);
  assert.equal(await contract.view("accepted"), "8");
  assert.equal((await contract.viewState()).getRaw("STATE").readBigUInt64LE(), 8n);

  const bare = await root.devCreateAccount();
  await bare.updateAccount({ amount: String(500n * ONE) });
  assert.equal(await total(bare), 500n * ONE);
  // It patches in code only where the account names its hash already.
  const code_hash = utils.serialize.base_encode(createHash("sha256").update(code).digest());
  await bare.updateAccount({ amount: String(500n * ONE), code_hash });
  await bare.updateContract(code);
  await root.call(bare, "accept", {}, { attachedDeposit: 1n });
  assert.equal(await bare.view("accepted"), "1");
  const spare = KeyPairEd25519.fromRandom();
  await bare.updateAccessKey(spare, { nonce: 5, permission: "FullAccess" });
  assert.equal((await bare.viewAccessKeys(bare.accountId)).keys.length, 2);
  const done = await bare.callRaw(bare, "accept", {}, { signWithKey: spare });
  assert.ok(done.succeeded);
});

test("fast-forward", async () => {
  const before = await worker.provider.block({ finality: "final" });
  await worker.provider.fastForward(1000);
  const after = await worker.provider.block({ finality: "final" });
  assert.ok(after.header.height >= before.header.height + 1000);
  assert.ok(BigInt(after.header.timestamp_nanosec) > BigInt(before.header.timestamp_nanosec));
  await root.createSubAccount("later");
});

test("errors", async () => {
  const contract = await root.devDeploy(code);
  assert.match(
    await captureError(() => contract.view("no_such_method")),
    /MethodNotFound|Contract method is not found/,
  );
  assert.match(await captureError(() => contract.view("refuse")), /this callee refuses deposits/);
  assert.match(await captureError(() => root.call(contract, "refuse", {})), /this callee refuses deposits/);
  await assert.rejects(contract.transfer(root, 10_000n * ONE), { type: "NotEnoughBalance" });
  // A failed creation comes as a TypeError from near-workspaces itself, whose text of the error has a bigint in it.
  const again = await root.batch("alice.test.near").createAccount().transact();
  assert.equal(again.Failure.ActionError.kind.AccountAlreadyExists.account_id, "alice.test.near");
});

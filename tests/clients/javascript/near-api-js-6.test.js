import assert from "node:assert/strict";
import { test } from "node:test";
import nearApi from "near-api-js-6";
import { failures, logs, newContract, ONE, ROOT, startNode, TGAS, wasm } from "./node.js";

const { Account, KeyPair, KeyPairSigner, transactions } = nearApi;

const node = await startNode();
const provider = new nearApi.providers.JsonRpcProvider({ url: node.url });
const root = new Account(ROOT, provider, KeyPairSigner.fromSecretKey(node.secretKey));
const code = await wasm("deposit_demo");

/** A sub-account of the root with a key of its own. */
async function child(name) {
  const key = KeyPair.fromRandom("ed25519");
  await root.createSubAccount(name, key.getPublicKey(), 50n * ONE);
  const account = new Account(`${name}.${ROOT}`, provider, new KeyPairSigner(key));
  return Object.assign(account, { key });
}

async function deployed(name) {
  const account = await child(name);
  await account.deployContract(code);
  return account;
}

const accepted = (contract) => provider.callFunction(contract.accountId, "accepted", {});

test("create, deploy, call with a deposit, view", async () => {
  assert.equal(await provider.getNetworkId(), ROOT);
  const contract = await deployed("js6a");
  assert.equal((await contract.getState()).balance.total > 49n * ONE, true);
  assert.deepEqual(Buffer.from((await contract.getContractCode()).code_base64, "base64"), code);
  await root.callFunction({ contractId: contract.accountId, methodName: "accept", args: {}, deposit: 2n * ONE });
  assert.equal(await accepted(contract), String(2n * ONE));
  // The form of older programs, whose arguments become one string with the path.
  await root.functionCall({ contractId: contract.accountId, methodName: "accept", args: {}, attachedDeposit: 1n });
  assert.equal(
    await root.viewFunction({ contractId: contract.accountId, methodName: "accepted" }),
    String(2n * ONE + 1n),
  );
});

test("a failing cross-contract call gives the money back", async () => {
  const [caller, callee, user] = [await deployed("js6caller"), await deployed("js6callee"), await child("js6user")];
  const outcome = await user.callFunctionRaw({
    contractId: caller.accountId,
    methodName: "gives_back",
    args: { callee: callee.accountId },
    deposit: 3n * ONE,
    gas: 100n * TGAS,
    waitUntil: "FINAL",
  });
  assert.deepEqual(
    failures(outcome).map((receipt) => receipt.outcome.executor_id),
    [callee.accountId],
  );
  assert.ok(logs(outcome).some((line) => line.includes("given_back")));
  assert.ok((await user.getState()).balance.total > 49n * ONE);
  const { receipts } = await provider.viewTransactionStatusWithReceipts(
    outcome.transaction.hash,
    user.accountId,
    "FINAL",
  );
  assert.ok(receipts.some((one) => one.predecessor_id === "system" && one.receiver_id === caller.accountId));
});

test("a batch is all or nothing", async () => {
  const key = KeyPair.fromRandom("ed25519").getPublicKey();
  const batch = (method) => newContract(transactions, key, code, method);
  await root.signAndSendTransaction({ receiverId: "js6batch.sandbox", actions: batch("accept") });
  assert.equal(await provider.callFunction("js6batch.sandbox", "accepted", {}), String(ONE));
  await assert.rejects(
    root.signAndSendTransaction({ receiverId: "js6gone.sandbox", actions: batch("refuse"), throwOnFailure: true }),
    /this callee refuses deposits/,
  );
  await assert.rejects(provider.viewAccount("js6gone.sandbox"), { type: "AccountDoesNotExist" });
});

test("keys", async () => {
  const user = await deployed("js6keys");
  const limited = KeyPair.fromRandom("ed25519");
  await user.addFunctionCallAccessKey({
    publicKey: limited.getPublicKey(),
    contractId: user.accountId,
    methodNames: ["accept"],
    allowance: ONE,
  });
  assert.equal((await user.getAccessKeyList()).keys.length, 2);
  const withLimited = new Account(user.accountId, provider, new KeyPairSigner(limited));
  await withLimited.callFunction({ contractId: user.accountId, methodName: "accept", args: {} });
  await assert.rejects(withLimited.callFunction({ contractId: user.accountId, methodName: "refuse", args: {} }));
  await user.deleteKey(limited.getPublicKey());
  await assert.rejects(user.getAccessKey(limited.getPublicKey()), /doesn't exist/);
});

test("a meta transaction is paid by the relayer", async () => {
  const [user, contract] = [await child("js6meta"), await deployed("js6metac")];
  const before = (await user.getState()).balance.total;
  const [, signed] = await user.createSignedMetaTransaction(
    contract.accountId,
    [transactions.functionCall("accept", {}, 30n * TGAS, 0n)],
    100,
  );
  const relayed = { receiverId: user.accountId, actions: [new transactions.Action({ signedDelegate: signed })] };
  await root.signAndSendTransaction({ ...relayed, waitUntil: "FINAL", throwOnFailure: true });
  assert.equal((await user.getState()).balance.total, before);
});

test("state, patched state, fast-forward", async () => {
  const contract = await deployed("js6state");
  await root.callFunction({ contractId: contract.accountId, methodName: "accept", args: {}, deposit: ONE });
  const [{ key }] = (await contract.getContractState()).values;
  const value = Buffer.alloc(16);
  value.writeBigUInt64LE(7n);
  const records = [{ Data: { account_id: contract.accountId, data_key: key, value: value.toString("base64") } }];
  await provider.sendJsonRpc("sandbox_patch_state", { records });
  assert.equal(await accepted(contract), "7");
  const { height } = (await provider.viewBlock({ finality: "final" })).header;
  await provider.sendJsonRpc("sandbox_fast_forward", { delta_height: 500 });
  assert.ok((await provider.viewBlock({ finality: "final" })).header.height >= height + 500);
  await root.transfer({ receiverId: contract.accountId, amount: 1n });
});

test("blocks, chunks, validators, changes, receipts", async () => {
  const outcome = await root.callFunctionRaw({
    contractId: (await deployed("js6blocks")).accountId,
    methodName: "accept",
    args: {},
    waitUntil: "FINAL",
  });
  const { block_hash: blockId } = outcome.transaction_outcome;
  const block = await provider.viewBlock({ blockId });
  assert.ok((await provider.viewChunk(block.chunks[0].chunk_hash)).transactions.length > 0);
  assert.ok(BigInt((await provider.viewGasPrice(blockId)).gas_price) > 0n);
  assert.equal((await provider.viewValidators()).current_validators[0].account_id, ROOT);
  assert.equal((await provider.validators(null)).current_validators[0].account_id, ROOT);
  assert.ok((await provider.getCurrentEpochSeatPrice()) > 0n);
  assert.ok((await provider.accountChanges([ROOT], { blockId })).changes.length > 0);
  const [receiptId] = outcome.transaction_outcome.outcome.receipt_ids;
  assert.equal((await provider.viewTransactionReceipt(receiptId)).predecessor_id, ROOT);
  // The path form of `query`, which these versions still have.
  const viewed = await provider.query(`account/${ROOT}`, "");
  assert.equal(typeof viewed.amount, "string");
});

test("errors", async () => {
  const contract = await deployed("js6err");
  const view = (method) => provider.callFunction(contract.accountId, method, {});
  await assert.rejects(view("no_such_method"), /Contract method is not found/);
  await assert.rejects(view("refuse"), /this callee refuses deposits/);
  await assert.rejects(contract.transfer({ receiverId: ROOT, amount: 90n * ONE }), { type: "NotEnoughBalance" });
  await assert.rejects(
    root.callFunction({ contractId: contract.accountId, methodName: "refuse", args: {} }),
    /this callee refuses deposits/,
  );
  await assert.rejects(provider.viewBlock({ blockId: 10_000_000 }), /DB Not Found Error/);
});

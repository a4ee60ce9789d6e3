import assert from "node:assert/strict";
import { test } from "node:test";
import nearApi from "near-api-js-5";
import { failures, logs, newContract, ONE, ROOT, startNode, TGAS, wasm } from "./node.js";

const { KeyPair, keyStores, transactions } = nearApi;

const node = await startNode();
const keyStore = new keyStores.InMemoryKeyStore();
await keyStore.setKey(ROOT, ROOT, KeyPair.fromString(node.secretKey));
const near = await nearApi.connect({ networkId: ROOT, nodeUrl: node.url, keyStore });
const { provider } = near.connection;
const root = await near.account(ROOT);
const code = await wasm("deposit_demo");

/** A sub-account of the root with a key of its own. */
async function child(name) {
  const id = `${name}.${ROOT}`;
  const key = KeyPair.fromRandom("ed25519");
  await root.createAccount(id, key.getPublicKey(), 50n * ONE);
  await keyStore.setKey(ROOT, id, key);
  return near.account(id);
}

async function deployed(name) {
  const account = await child(name);
  await account.deployContract(code);
  return account;
}

const balance = async (account) => BigInt((await account.state()).amount);

test("create, deploy, call with a deposit, view", async () => {
  const contract = await deployed("js5a");
  const spent = await root.functionCall({
    contractId: contract.accountId,
    methodName: "accept",
    args: {},
    attachedDeposit: 2n * ONE,
  });
  assert.equal(nearApi.providers.getTransactionLastResult(spent), "");
  assert.equal(await root.viewFunction({ contractId: contract.accountId, methodName: "accepted" }), String(2n * ONE));
  const typed = new nearApi.Contract(root, contract.accountId, {
    viewMethods: ["accepted"],
    changeMethods: ["accept"],
    useLocalViewExecution: false,
  });
  await typed.accept({ args: {}, amount: 1n });
  assert.equal(await typed.accepted(), String(2n * ONE + 1n));
  const { available, total } = await contract.getAccountBalance();
  assert.ok(BigInt(available) < BigInt(total));
});

test("a failing cross-contract call gives the money back", async () => {
  const [caller, callee, user] = [await deployed("js5caller"), await deployed("js5callee"), await child("js5user")];
  const held = await balance(caller);
  const outcome = await user.functionCall({
    contractId: caller.accountId,
    methodName: "gives_back",
    args: { callee: callee.accountId },
    gas: 100n * TGAS,
    attachedDeposit: 3n * ONE,
  });
  assert.deepEqual(
    failures(outcome).map((receipt) => receipt.outcome.executor_id),
    [callee.accountId],
  );
  assert.ok(logs(outcome).some((line) => line.includes("given_back")));
  const { receipts } = await provider.txStatusReceipts(outcome.transaction.hash, user.accountId, "FINAL");
  assert.ok(receipts.some((one) => one.predecessor_id === "system" && one.receiver_id === caller.accountId));
  assert.ok((await balance(user)) > 49n * ONE);
  assert.ok((await balance(caller)) >= held);
});

test("a batch is all or nothing", async () => {
  const key = KeyPair.fromRandom("ed25519").getPublicKey();
  const batch = (method) => newContract(transactions, key, code, method);
  await root.signAndSendTransaction({ receiverId: "js5batch.sandbox", actions: batch("accept") });
  assert.equal(await root.viewFunction({ contractId: "js5batch.sandbox", methodName: "accepted" }), String(ONE));
  await assert.rejects(
    root.signAndSendTransaction({ receiverId: "js5gone.sandbox", actions: batch("refuse") }),
    /this callee refuses deposits/,
  );
  await assert.rejects((await near.account("js5gone.sandbox")).state(), { type: "AccountDoesNotExist" });
});

test("keys", async () => {
  const user = await deployed("js5keys");
  const [limited, full] = [KeyPair.fromRandom("ed25519"), KeyPair.fromRandom("ed25519")];
  await user.addKey(limited.getPublicKey(), user.accountId, ["accept"], ONE);
  await user.addKey(full.getPublicKey());
  assert.equal((await user.getAccessKeys()).length, 3);
  assert.equal((await user.getAccountDetails()).authorizedApps[0].contractId, user.accountId);
  await keyStore.setKey(ROOT, user.accountId, limited);
  const withLimited = await near.account(user.accountId);
  await withLimited.functionCall({ contractId: user.accountId, methodName: "accept", args: {} });
  await assert.rejects(withLimited.functionCall({ contractId: user.accountId, methodName: "refuse", args: {} }));
  await keyStore.setKey(ROOT, user.accountId, full);
  await (await near.account(user.accountId)).deleteKey(limited.getPublicKey());
  assert.equal((await user.getAccessKeys()).length, 2);
});

test("a meta transaction is paid by the relayer", async () => {
  const [user, contract] = [await child("js5meta"), await deployed("js5metac")];
  const before = await balance(user);
  const signedDelegate = await user.signedDelegate({
    actions: [transactions.functionCall("accept", {}, 30n * TGAS, 0n)],
    blockHeightTtl: 100,
    receiverId: contract.accountId,
  });
  const action = new transactions.Action({ signedDelegate });
  const outcome = await root.signAndSendTransaction({ receiverId: user.accountId, actions: [action] });
  assert.equal(failures(outcome).length, 0);
  assert.equal(await balance(user), before);
});

test("state, patched state, fast-forward", async () => {
  const contract = await deployed("js5state");
  await root.functionCall({ contractId: contract.accountId, methodName: "accept", args: {}, attachedDeposit: ONE });
  const [{ key }] = await contract.viewState("");
  assert.equal(key.toString(), "STATE");
  const value = Buffer.alloc(16);
  value.writeBigUInt64LE(7n);
  await provider.sendJsonRpc("sandbox_patch_state", {
    records: [
      {
        Data: { account_id: contract.accountId, data_key: key.toString("base64"), value: value.toString("base64") },
      },
    ],
  });
  assert.equal(await root.viewFunction({ contractId: contract.accountId, methodName: "accepted" }), "7");
  const { height } = (await provider.block({ finality: "final" })).header;
  await provider.sendJsonRpc("sandbox_fast_forward", { delta_height: 500 });
  assert.ok((await provider.block({ finality: "final" })).header.height >= height + 500);
  await root.sendMoney(contract.accountId, 1n);
});

test("blocks, chunks, validators, changes", async () => {
  const outcome = await root.sendMoney(ROOT, 1n);
  const { block_hash: blockId } = outcome.transaction_outcome;
  const block = await provider.block({ blockId });
  assert.ok((await provider.chunk(block.chunks[0].chunk_hash)).transactions.length > 0);
  assert.ok(BigInt((await provider.gasPrice(blockId)).gas_price) > 0n);
  assert.equal((await provider.validators(null)).current_validators[0].account_id, ROOT);
  assert.ok((await provider.accountChanges([ROOT], { blockId })).changes.length > 0);
  assert.ok((await provider.blockChanges({ blockId })).changes.length > 0);
  assert.equal((await provider.status()).chain_id, ROOT);
  const config = await provider.experimental_protocolConfig({ finality: "final" });
  assert.equal(BigInt(config.runtime_config.storage_amount_per_byte), 10n ** 19n);
  assert.equal((await provider.txStatus(outcome.transaction.hash, ROOT)).transaction.hash, outcome.transaction.hash);
  // The path form of `query`, which these versions still have.
  assert.equal(typeof (await provider.query(`account/${ROOT}`, "")).amount, "string");
});

test("errors", async () => {
  const contract = await deployed("js5err");
  const view = (methodName) => root.viewFunction({ contractId: contract.accountId, methodName });
  await assert.rejects(view("no_such_method"), /Contract method is not found/);
  await assert.rejects(view("refuse"), /this callee refuses deposits/);
  await assert.rejects(contract.sendMoney(ROOT, 90n * ONE), { type: "NotEnoughBalance" });
  await assert.rejects(root.sendMoney("nobody.sandbox", 1n), { type: "AccountDoesNotExist" });
  await assert.rejects(
    root.functionCall({ contractId: contract.accountId, methodName: "refuse", args: {} }),
    /this callee refuses deposits/,
  );
  await assert.rejects(provider.block({ blockId: 10_000_000 }), /DB Not Found Error/);
});

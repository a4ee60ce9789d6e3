import assert from "node:assert/strict";
import { after, test } from "node:test";
import { Amount, generateKey, Near } from "near-kit";
import { EMPTY_CODE_HASH, Sandbox } from "near-kit/sandbox";
import { COMMAND, failures, logs, ONE, wasm } from "./node.js";

// It starts the node itself, from NEAR_SANDBOX_BIN_PATH.
const sandbox = await Sandbox.start();
after(() => sandbox.stop());
const root = sandbox.rootAccount.id;
const near = new Near({ network: sandbox, defaultSignerId: root, defaultWaitUntil: "FINAL" });
const code = await wasm("deposit_demo");

/** A sub-account of the root and a client that signs as it. */
async function child(name, { amount = "50 NEAR", code: wanted } = {}) {
  const id = `${name}.${root}`;
  const key = generateKey();
  const transaction = near.transaction(root).createAccount(id).transfer(id, amount).addKey(key.publicKey.toString(), {
    type: "fullAccess",
  });
  if (wanted) transaction.deployContract(id, wanted);
  await transaction.send({ waitUntil: "FINAL" });
  const client = new Near({
    network: sandbox,
    privateKey: key.secretKey,
    defaultSignerId: id,
    defaultWaitUntil: "FINAL",
  });
  return { id, key, near: client };
}

const total = async (id) => BigInt((await near.rpc.getAccount(id)).amount);

test("the node is the drop-in command", () => {
  assert.equal(sandbox.rootAccount.id, "test.near");
  assert.ok(COMMAND);
});

test("create, deploy, call with a deposit, view", async () => {
  const contract = await child("kita");
  assert.equal(await total(contract.id), 50n * ONE);
  assert.equal((await near.getAccount(contract.id)).hasContract, false);
  await contract.near.transaction(contract.id).deployContract(contract.id, code).send();
  assert.deepEqual(Buffer.from((await near.getContractCode(contract.id)).code), code);
  await near.call(contract.id, "accept", {}, { signerId: root, attachedDeposit: "2 NEAR" });
  assert.equal(await near.view(contract.id, "accepted"), String(2n * ONE));
  const typed = contract.near.contract(contract.id);
  await typed.call.accept({}, { attachedDeposit: Amount.yocto(5n) });
  assert.equal(await typed.view.accepted(), String(2n * ONE + 5n));
});

test("a failing cross-contract call gives the money back", async () => {
  const [caller, callee, user] = [
    await child("kitcaller", { code }),
    await child("kitcallee", { code }),
    await child("kituser"),
  ];
  const held = await total(caller.id);
  const call = (method) =>
    user.near
      .transaction(user.id)
      .functionCall(caller.id, method, { callee: callee.id }, { gas: "100 Tgas", attachedDeposit: "3 NEAR" })
      .send({ waitUntil: "FINAL" });
  const refunded = await call("gives_back");
  assert.equal(failures(refunded).length, 1);
  assert.equal(failures(refunded)[0].outcome.executor_id, callee.id);
  assert.ok(logs(refunded).some((line) => line.includes("given_back")));
  assert.ok((await total(user.id)) > 49n * ONE);
  assert.ok((await total(caller.id)) >= held);
  const status = await near.getTransactionStatus(refunded.transaction.hash, user.id, "FINAL");
  assert.ok(
    status.receipts.some((receipt) => receipt.predecessor_id === "system" && receipt.receiver_id === caller.id),
  );
  const { transaction_hash: origin } = await near.rpc.receiptToTx(refunded.transaction_outcome.outcome.receipt_ids[0]);
  assert.equal(origin, refunded.transaction.hash);
  await call("forgets");
  assert.ok((await total(user.id)) < 47n * ONE);
});

test("a batch is all or nothing", async () => {
  const key = generateKey().publicKey.toString();
  const batch = (id, method) =>
    near
      .transaction(root)
      .createAccount(id)
      .transfer(id, "20 NEAR")
      .addKey(key, { type: "fullAccess" })
      .deployContract(id, code)
      .functionCall(id, method, {}, { attachedDeposit: "1 NEAR" });
  await batch(`kitbatch.${root}`, "accept").send();
  assert.equal(await near.view(`kitbatch.${root}`, "accepted"), String(ONE));
  await assert.rejects(batch(`kitgone.${root}`, "refuse").send(), { name: "FunctionCallError" });
  assert.equal(await near.accountExists(`kitgone.${root}`), false);
});

test("keys, full and limited", async () => {
  const user = await child("kitkeys", { code });
  const [limited, second] = [generateKey(), generateKey()];
  await user.near
    .transaction(user.id)
    .addKey(limited.publicKey.toString(), {
      type: "functionCall",
      receiverId: user.id,
      methodNames: ["accept"],
      allowance: "1 NEAR",
    })
    .addKey(second.publicKey.toString(), { type: "fullAccess" })
    .send();
  assert.equal((await near.getAccessKeys(user.id)).keys.length, 3);
  const found = await near.getAccessKey(user.id, limited.publicKey.toString());
  assert.deepEqual(found.permission.FunctionCall.method_names, ["accept"]);
  const withLimited = new Near({ network: sandbox, privateKey: limited.secretKey, defaultSignerId: user.id });
  await withLimited.call(user.id, "accept", {});
  await assert.rejects(withLimited.call(user.id, "refuse", {}), { name: "InvalidTransactionError" });
  await user.near.transaction(user.id).deleteKey(user.id, limited.publicKey.toString()).send();
  assert.equal(await near.getAccessKey(user.id, limited.publicKey.toString()), null);
});

test("a meta transaction is paid by the relayer", async () => {
  const [user, contract] = [await child("kitmeta"), await child("kitmetac", { code })];
  const before = await total(user.id);
  const { signedDelegateAction } = await user.near
    .transaction(user.id)
    .functionCall(contract.id, "accept", {})
    .delegate();
  await near.transaction(root).signedDelegateAction(signedDelegateAction).send({ waitUntil: "FINAL" });
  assert.equal(await total(user.id), before);
});

test("a contract is published and used", async () => {
  const [publisher, user] = [await child("kitpub", { amount: "200 NEAR" }), await child("kituse")];
  await publisher.near
    .transaction(publisher.id)
    .publishContract(code, { identifiedBy: "account" })
    .send({ waitUntil: "FINAL" });
  await user.near.transaction(user.id).deployFromPublished({ accountId: publisher.id }).send();
  await user.near.call(user.id, "accept", {}, { attachedDeposit: "1 yocto" });
  assert.equal(await near.view(user.id, "accepted"), "1");
  assert.equal(await near.globalContractExists({ accountId: publisher.id }), true);
  assert.equal(await near.globalContractExists({ accountId: root }), false);
});

test("state by pages, patched state, fast-forward", async () => {
  const contract = await child("kitstate", { code: await wasm("staking_pool") });
  const users = await Promise.all([1, 2, 3].map((number) => child(`kitstaker${number}`)));
  for (const user of users) await user.near.call(contract.id, "deposit_and_stake", {}, { attachedDeposit: "1 NEAR" });
  const { values } = await near.viewState(contract.id);
  const paged = [];
  for await (const item of near.viewStateAll(contract.id, { limit: 2 })) paged.push(item);
  assert.deepEqual(paged, values);
  assert.equal(values.length, users.length + 1);

  await sandbox.patchState([
    {
      Account: {
        account_id: "rich.near",
        account: { amount: String(123n * ONE), locked: "0", code_hash: EMPTY_CODE_HASH, storage_usage: 182 },
      },
    },
    { Data: { account_id: contract.id, data_key: values[0].key, value: values[0].value } },
  ]);
  assert.equal(await total("rich.near"), 123n * ONE);

  const height = (await near.getStatus()).sync_info.latest_block_height;
  await sandbox.fastForward(1000);
  assert.ok((await near.getStatus()).sync_info.latest_block_height >= height + 1000);
  await near.send(contract.id, "1 yocto");
});

test("blocks, gas price, effects, genesis, maintenance", async () => {
  const sent = await near.send(root, "1 yocto");
  const blockId = sent.transaction_outcome.block_hash;
  const block = await near.rpc.getBlock({ blockId });
  assert.equal(block.header.hash, blockId);
  assert.equal((await near.rpc.getBlock({ blockId: block.header.height })).header.hash, blockId);
  assert.ok(BigInt((await near.rpc.getGasPrice(blockId)).gas_price) > 0n);
  const effects = await near.rpc.blockEffects({ blockId });
  assert.ok(effects.changes.some((change) => change.account_id === root));
  assert.match((await near.rpc.genesisConfig()).chain_id, /localnet/);
  assert.ok(Array.isArray(await near.rpc.maintenanceWindows(root)));
});

test("errors have their types", async () => {
  const contract = await child("kiterr", { amount: "5 NEAR" });
  const nobody = `nobody.${root}`;
  await assert.rejects(near.getBalance(nobody), { name: "AccountDoesNotExistError", accountId: nobody });
  await assert.rejects(near.getContractCode(contract.id), { name: "ContractNotDeployedError" });
  await assert.rejects(near.view(contract.id, "accepted"), /CodeDoesNotExist/);
  await contract.near.transaction(contract.id).deployContract(contract.id, code).send();
  await assert.rejects(near.view(contract.id, "no_such_method"), /MethodNotFound/);
  await assert.rejects(near.view(contract.id, "refuse"), /this callee refuses deposits/);
  await assert.rejects(near.call(contract.id, "refuse", {}), { name: "FunctionCallError" });
  await assert.rejects(contract.near.send(root, "50 NEAR"), (error) => {
    assert.equal(error.details.InvalidTxError.NotEnoughBalance.signer_id, contract.id);
    return true;
  });
  await assert.rejects(near.send(nobody, "1 yocto"), /AccountDoesNotExist/);
  await assert.rejects(near.rpc.getBlock({ blockId: 10_000_000 }), { name: "UnknownBlockError" });
  await assert.rejects(near.rpc.call("no_such_method", {}), /HTTP 400/);
});

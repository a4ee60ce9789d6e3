import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { Account, actions, baseEncode, JsonRpcProvider, KeyPair, KeyPairSigner } from "near-api-js-7";
import { failures, logs, ONE, ROOT, startNode, TGAS, wasm } from "./node.js";

const node = await startNode();
const provider = new JsonRpcProvider({ url: node.url });
const root = new Account(ROOT, provider, node.secretKey);
const code = await wasm("deposit_demo");

/** A sub-account of the root with a key of its own. */
async function child(name, near = 50n) {
  const key = KeyPair.fromRandom("ed25519");
  await root.createSubAccount({ accountOrPrefix: name, publicKey: key.getPublicKey(), nearToTransfer: near * ONE });
  const account = new Account(`${name}.${ROOT}`, provider, new KeyPairSigner(key));
  return Object.assign(account, { key });
}

async function deployed(name) {
  const account = await child(name);
  await account.deployContract(code);
  return account;
}

test("create, deploy, call with a deposit, view", async () => {
  assert.equal(await provider.getNetworkId(), ROOT);
  const contract = await deployed("js7a");
  const state = await contract.getState();
  assert.equal(state.codeHash, baseEncode(createHash("sha256").update(code).digest()));
  assert.deepEqual(Buffer.from((await contract.getContractCode()).code), code);
  const before = await root.getBalance();
  const outcome = await root.callFunctionRaw({
    contractId: contract.accountId,
    methodName: "accept",
    args: {},
    deposit: 2n * ONE,
    waitUntil: "FINAL",
  });
  assert.equal(outcome.final_execution_status, "FINAL");
  assert.deepEqual(outcome.status, { SuccessValue: "" });
  const accepted = await provider.callFunction({ contractId: contract.accountId, method: "accepted", args: {} });
  assert.equal(BigInt(accepted), 2n * ONE);
  assert.ok((await root.getBalance()) <= before - 2n * ONE);
});

test("a failing cross-contract call gives the money back", async () => {
  const [caller, callee, user] = [await deployed("js7caller"), await deployed("js7callee"), await child("js7user")];
  const held = (await caller.getState()).balance.total;
  const call = {
    contractId: caller.accountId,
    args: { callee: callee.accountId },
    deposit: 3n * ONE,
    gas: 100n * TGAS,
    waitUntil: "FINAL",
  };
  const refunded = await user.callFunctionRaw({ ...call, methodName: "gives_back" });
  const [refused] = failures(refunded);
  assert.equal(failures(refunded).length, 1);
  assert.equal(refused.outcome.executor_id, callee.accountId);
  assert.match(JSON.stringify(refused.outcome.status), /this callee refuses deposits/);
  assert.ok(logs(refunded).some((line) => line.includes("given_back")));
  assert.ok((await user.getState()).balance.total > 49n * ONE);
  assert.ok((await caller.getState()).balance.total >= held);
  const withReceipts = await provider.viewTransactionStatusWithReceipts({
    txHash: refunded.transaction.hash,
    accountId: user.accountId,
    waitUntil: "FINAL",
  });
  const refunds = withReceipts.receipts.filter((receipt) => receipt.predecessor_id === "system");
  assert.ok(refunds.some((receipt) => receipt.receiver_id === caller.accountId));
  const kept = await user.callFunctionRaw({ ...call, methodName: "forgets" });
  assert.equal(failures(kept).length, 1);
  assert.ok((await caller.getState()).balance.total > held + 3n * ONE - ONE / 10n);
  assert.equal(await user.callFunction({ ...call, methodName: "gives_back" }), false);
});

test("a batch is all or nothing", async () => {
  const key = KeyPair.fromRandom("ed25519");
  const batch = (method) => [
    actions.createAccount(),
    actions.transfer(20n * ONE),
    actions.addFullAccessKey(key.getPublicKey()),
    actions.deployContract(code),
    actions.functionCall(method, {}, 30n * TGAS, ONE),
  ];
  await root.signAndSendTransaction({ receiverId: "js7batch.sandbox", actions: batch("accept") });
  const accepted = await provider.callFunction({ contractId: "js7batch.sandbox", method: "accepted", args: {} });
  assert.equal(BigInt(accepted), ONE);
  const failed = await root.signAndSendTransaction({
    receiverId: "js7gone.sandbox",
    actions: batch("refuse"),
    throwOnFailure: false,
  });
  assert.equal(failed.status.Failure.ActionError.index, 4);
  await assert.rejects(provider.viewAccount({ accountId: "js7gone.sandbox" }), /js7gone\.sandbox/);
  const two = await root.signAndSendTransactions({
    transactions: [1n, 2n].map((amount) => ({ receiverId: "js7batch.sandbox", actions: [actions.transfer(amount)] })),
  });
  assert.equal(two.length, 2);
});

test("keys, of two kinds and limited", async () => {
  const user = await deployed("js7keys");
  const [limited, other] = [KeyPair.fromRandom("ed25519"), KeyPair.fromRandom("secp256k1")];
  await user.addFunctionCallAccessKey({
    publicKey: limited.getPublicKey(),
    contractId: user.accountId,
    methodNames: ["accept"],
    allowance: ONE,
  });
  await user.addFullAccessKey(other.getPublicKey());
  const { keys } = await user.getAccessKeyList();
  assert.deepEqual(
    new Set(keys.map((entry) => entry.public_key)),
    new Set([user.key, limited, other].map((key) => key.getPublicKey().toString())),
  );
  const key = await user.getAccessKey(limited.getPublicKey());
  assert.deepEqual(key.permission.FunctionCall.method_names, ["accept"]);
  const bySecp = new Account(user.accountId, provider, new KeyPairSigner(other));
  await bySecp.transfer({ receiverId: ROOT, amount: 1n });
  const byLimited = new Account(user.accountId, provider, new KeyPairSigner(limited));
  await byLimited.callFunction({ contractId: user.accountId, methodName: "accept" });
  await assert.rejects(
    byLimited.callFunction({ contractId: user.accountId, methodName: "refuse" }),
    /MethodNameMismatch|isn't allowed/,
  );
  await user.deleteKey(limited.getPublicKey());
  await assert.rejects(user.getAccessKey(limited.getPublicKey()), /does not exist/);
});

test("a meta transaction is paid by the relayer", async () => {
  const [user, contract] = [await child("js7meta"), await deployed("js7metac")];
  const before = (await user.getState()).balance.total;
  const { signedDelegate } = await user.createSignedMetaTransaction({
    receiverId: contract.accountId,
    actions: [actions.functionCall("accept", {}, 30n * TGAS, 0n)],
  });
  await root.relayMetaTransaction(signedDelegate);
  assert.equal((await user.getState()).balance.total, before);
});

test("a global contract is used by its hash", async () => {
  const [publisher, user] = [await child("js7pub", 200n), await child("js7use")];
  // The code is there for others once it has been handed out to the shards, a receipt later.
  await publisher.signAndSendTransaction({
    receiverId: publisher.accountId,
    actions: [actions.deployGlobalContract(code, "codeHash")],
    waitUntil: "FINAL",
  });
  const codeHash = baseEncode(createHash("sha256").update(code).digest());
  await user.useGlobalContract({ codeHash: createHash("sha256").update(code).digest() });
  await user.callFunction({ contractId: user.accountId, methodName: "accept", deposit: 1n });
  const found = await provider.viewGlobalContractCode({ identifier: { codeHash } });
  assert.equal(found.hash, codeHash);
});

test("state, patched state, fast-forward", async () => {
  const contract = await deployed("js7state");
  await root.callFunction({ contractId: contract.accountId, methodName: "accept", deposit: ONE });
  const { values } = await contract.getContractState();
  assert.equal(values.length, 1);
  assert.equal(Buffer.from(values[0].key, "base64").toString(), "STATE");
  const amount = Buffer.alloc(16);
  amount.writeBigUInt64LE(7n);
  await provider.sendJsonRpc("sandbox_patch_state", {
    records: [{ Data: { account_id: contract.accountId, data_key: values[0].key, value: amount.toString("base64") } }],
  });
  const view = { contractId: contract.accountId, method: "accepted", args: {} };
  assert.equal(await provider.callFunction(view), "7");
  const { height } = (await provider.viewBlock({ finality: "final" })).header;
  await provider.sendJsonRpc("sandbox_fast_forward", { delta_height: 1000 });
  const later = (await provider.viewBlock({ finality: "final" })).header;
  assert.ok(later.height >= height + 1000);
  // What was, is still there to read.
  const old = { contractId: contract.accountId, method: "accepted", args: {}, blockQuery: { blockId: height - 1 } };
  assert.equal(typeof (await provider.callFunctionRaw(old)).block_hash, "string");
  await root.transfer({ receiverId: contract.accountId, amount: 1n });
});

test("blocks, chunks, validators, changes, receipts, light client", async () => {
  const contract = await deployed("js7blocks");
  const outcome = await contract.callFunctionRaw({
    contractId: contract.accountId,
    methodName: "accept",
    waitUntil: "FINAL",
  });
  const { block_hash: blockId } = outcome.transaction_outcome;
  const block = await provider.viewBlock({ blockId });
  assert.equal(block.header.hash, blockId);
  assert.equal((await provider.viewBlock({ blockId: block.header.height })).header.hash, blockId);
  const chunk = await provider.viewChunk(block.chunks[0].chunk_hash);
  assert.ok(chunk.transactions.some((one) => one.hash === outcome.transaction.hash));
  assert.equal(BigInt((await provider.viewGasPrice(blockId)).gas_price) > 0n, true);
  const validators = await provider.viewValidators();
  assert.equal(validators.current_validators[0].account_id, ROOT);
  assert.ok((await provider.getCurrentEpochSeatPrice()) > 0n);
  const changed = await provider.accountChanges([contract.accountId], { blockId });
  assert.ok(changed.changes.some((one) => one.type === "account_update"));
  assert.ok((await provider.blockChanges({ blockId })).changes.length > 0);
  const keyChanges = await provider.accessKeyChanges([contract.accountId], { blockId });
  assert.equal(keyChanges.changes[0].cause.type, "transaction_processing");
  const [receiptId] = outcome.transaction_outcome.outcome.receipt_ids;
  assert.equal((await provider.viewTransactionReceipt(receiptId)).receiver_id, contract.accountId);
  const config = await provider.experimental_protocolConfig({ finality: "final" });
  assert.equal(BigInt(config.runtime_config.storage_amount_per_byte), 10n ** 19n);
  // An outcome is committed to by the block after its own: only a later head can prove it.
  let head;
  do head = await provider.viewBlock({ finality: "final" });
  while (head.header.height < block.header.height + 2);
  const proof = await provider.lightClientProof({
    type: "transaction",
    transaction_hash: outcome.transaction.hash,
    sender_id: contract.accountId,
    light_client_head: head.header.hash,
  });
  assert.equal(proof.outcome_proof.id, outcome.transaction.hash);
  assert.equal(typeof (await provider.nextLightClientBlock({ last_block_hash: blockId })), "object");
  assert.equal((await provider.viewNodeStatus()).chain_id, ROOT);
});

test("every level of waiting", async () => {
  for (const waitUntil of ["NONE", "INCLUDED", "INCLUDED_FINAL", "EXECUTED_OPTIMISTIC", "EXECUTED", "FINAL"]) {
    const signed = await root.createSignedTransaction({ receiverId: ROOT, actions: [actions.transfer(1n)] });
    const sent = await provider.sendTransactionUntil(signed, waitUntil);
    assert.equal(typeof sent.final_execution_status, "string");
    const hash = (await provider.sendTransactionUntil(signed, "FINAL")).transaction.hash;
    const found = await provider.viewTransactionStatus({ txHash: hash, accountId: ROOT, waitUntil: "FINAL" });
    assert.equal(found.final_execution_status, "FINAL");
  }
});

test("errors have their types", async () => {
  const contract = await child("js7err", 5n);
  const id = contract.accountId;
  const refused = async (kind, work, details = {}) => {
    const error = await work.then(
      () => assert.fail(`${kind} was expected`),
      (reason) => reason,
    );
    assert.equal(error.constructor.name, kind, error.message);
    for (const [name, value] of Object.entries(details)) assert.deepEqual(error[name], value);
  };
  const call = (method, contractId = id) => provider.callFunction({ contractId, method, args: {} });
  const absent = KeyPair.fromRandom("ed25519").getPublicKey();

  await refused("AccountDoesNotExistError", provider.viewAccount({ accountId: "nobody.sandbox" }));
  await refused("AccessKeyDoesNotExistError", provider.viewAccessKey({ accountId: id, publicKey: absent }));
  await refused("ContractCodeDoesNotExistError", provider.viewContractCode({ contractId: id }));
  await refused("ContractCodeDoesNotExistError", call("accepted"));
  await contract.deployContract(code);
  await refused("ContractMethodNotFoundError", call("no_such_method"));
  await refused("RpcError", call("refuse"));
  await refused("UnknownBlockError", provider.viewBlock({ blockId: 1_000_000 }));
  await refused("UnknownReceiptError", provider.viewTransactionReceipt("11111111111111111111111111111111"));
  await refused("RpcMethodNotFoundError", provider.sendJsonRpc("no_such_method", {}));
  await refused("RpcRequestParseError", provider.sendJsonRpc("block", { finality: "soon" }));

  await refused("NotEnoughBalanceError", contract.transfer({ receiverId: ROOT, amount: 50n * ONE }));
  await refused("AccountDoesNotExistActionError", root.transfer({ receiverId: "nobody.sandbox", amount: 1n }));
  await refused("ContractExecutionError", root.callFunction({ contractId: id, methodName: "refuse" }));
  await refused("ContractMethodNotFoundError", root.callFunction({ contractId: id, methodName: "nothing" }));
  await refused(
    "AccountAlreadyExistsActionError",
    root.createSubAccount({ accountOrPrefix: "js7err", publicKey: absent }),
  );
  await refused("DeleteKeyDoesNotExistActionError", contract.deleteKey(absent));
  await refused(
    "ContractExecutionError",
    root.callFunction({ contractId: id, methodName: "accept", gas: 100_000_000n }),
  );

  const signed = await root.createSignedTransaction({ receiverId: id, actions: [actions.transfer(1n)] });
  await provider.sendTransaction(signed);
  const again = await root.createTransaction({
    receiverId: id,
    actions: [actions.transfer(2n)],
    publicKey: await root.getSigner().getPublicKey(),
  });
  again.nonce = signed.transaction.nonce;
  const { signedTransaction: late } = await root.getSigner().signTransaction(again);
  await refused("InvalidNonceError", provider.sendTransaction(late));
  again.nonce = signed.transaction.nonce + 5n;
  again.blockHash = new Uint8Array(32).fill(7);
  const { signedTransaction: expired } = await root.getSigner().signTransaction(again);
  await refused("TransactionExpiredError", provider.sendTransaction(expired));
  const forged = await root.createSignedTransaction({ receiverId: id, actions: [actions.transfer(1n)] });
  forged.signature.data[3] ^= 1;
  await refused("InvalidSignatureError", provider.sendTransaction(forged));
  // The same transaction once more is answered from memory.
  assert.equal((await provider.sendTransaction(signed)).transaction.nonce, Number(signed.transaction.nonce));
});

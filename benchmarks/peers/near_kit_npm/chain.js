// near-kit with a node that it starts itself, from NEAR_SANDBOX_BIN_PATH; a bank that stakes with a pool, and a customer.

import { Near, generateKey } from "near-kit";
import { Sandbox } from "near-kit/sandbox";
import { wasm } from "../timing.js";

// A program that fails leaves no node behind: near-kit itself stops one only where it is told.
export async function start() {
  const sandbox = await Sandbox.start({ detached: false });
  process.once("exit", () => sandbox.process?.kill());
  return sandbox;
}

export async function withBank(sandbox) {
  const root = sandbox.rootAccount.id;
  const near = new Near({ network: sandbox, defaultSignerId: root, defaultWaitUntil: "FINAL" });
  const child = async (name, amount, code) => {
    const [id, key] = [`${name}.${root}`, generateKey()];
    const made = near.transaction(root).createAccount(id).transfer(id, amount);
    made.addKey(key.publicKey.toString(), { type: "fullAccess" });
    if (code) made.deployContract(id, code);
    await made.send({ waitUntil: "FINAL" });
    return { id, key };
  };
  const bank = await child("bank", "1000 NEAR", await wasm("bank"));
  const pool = await child("pool", "1000 NEAR", await wasm("staking_pool"));
  const { id, key } = await child("alice", "10000 NEAR");
  const keys = { network: sandbox, privateKey: key.secretKey, defaultSignerId: id, defaultWaitUntil: "FINAL" };
  const alice = new Near(keys);
  return {
    transfer: () => alice.send(root, "1 NEAR"),
    call: async () => {
      const options = { gas: "150 Tgas", attachedDeposit: "1 NEAR", waitUntil: "FINAL" };
      const { status } = await alice.call(bank.id, "deposit_and_stake", { pool: pool.id }, options);
      if (status.SuccessValue !== btoa("true")) throw new Error(`the bank says ${JSON.stringify(status)}`);
    },
    credit: () => near.view(bank.id, "credit_of", { account: id }),
  };
}

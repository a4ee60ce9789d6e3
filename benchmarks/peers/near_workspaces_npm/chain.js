// near-workspaces with nodes that it starts itself; a bank that stakes with a pool, and a customer.

import { mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ONE, TGAS, wasm } from "../timing.js";

// It runs the file `near-sandbox` of this folder, and looks there only while NEAR_SANDBOX_BIN_PATH is set.
const folder = mkdtempSync(join(tmpdir(), "near-harness-benchmark-"));
symlinkSync(process.env.NEAR_SANDBOX_BIN_PATH, join(folder, "near-sandbox"));
process.env.NEAR_SANDBOX_BINARY_PATH = folder;
process.once("exit", () => rmSync(folder, { recursive: true }));

const { Worker } = (await import("near-workspaces")).default;

export const start = () => Worker.init({ network: "sandbox" });

export async function withBank(worker) {
  const root = worker.rootAccount;
  const bank = await root.devDeploy(await wasm("bank"), { initialBalance: 1000n * ONE });
  const pool = await root.devDeploy(await wasm("staking_pool"), { initialBalance: 1000n * ONE });
  const alice = await root.createSubAccount("alice", { initialBalance: 10_000n * ONE });
  const options = { gas: 150n * TGAS, attachedDeposit: ONE };
  return {
    transfer: () => alice.transfer(root, ONE),
    call: async () => {
      const staked = await alice.call(bank, "deposit_and_stake", { pool: pool.accountId }, options);
      if (staked !== true) throw new Error(`the bank says ${staked}`);
    },
    credit: () => bank.view("credit_of", { account: alice.accountId }),
  };
}

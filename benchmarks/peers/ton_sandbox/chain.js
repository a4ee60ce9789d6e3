// TON Sandbox with the two contracts, compiled by Tolk's compiler.

import { readFileSync } from "node:fs";
import { beginCell, Cell, contractAddress, toNano } from "@ton/core";
import { Blockchain } from "@ton/sandbox";
import { runTolkCompiler } from "@ton/tolk-js";

async function compiled(file) {
  const fsReadCallback = (path) => readFileSync(new URL(path, import.meta.url), "utf8");
  const result = await runTolkCompiler({ entrypointFileName: file, fsReadCallback });
  if (result.status === "error") throw new Error(result.message);
  return Cell.fromBase64(result.codeBoc64);
}

export const start = () => Blockchain.create();

/** A customer, and a bank that stakes with a pool and hears back from it. */
export async function withBank(chain) {
  const [alice, bob] = [await chain.treasury("alice"), await chain.treasury("bob")];
  const deploy = async (file, data) => {
    const init = { code: await compiled(file), data: data.endCell() };
    const to = contractAddress(0, init);
    await alice.send({ to, init, value: toNano("1"), bounce: false });
    return to;
  };
  const pool = await deploy("pool.tolk", beginCell().storeCoins(0));
  const bank = await deploy("bank.tolk", beginCell().storeAddress(pool).storeCoins(0));
  const pay = beginCell().storeUint(1, 32).endCell();
  const send = async (message, transactions) => {
    const sent = await alice.send(message);
    const failed = sent.transactions.some(({ description }) => description.aborted);
    if (failed || sent.transactions.length !== transactions) throw new Error("not what was meant");
  };
  return {
    transfer: () => send({ to: bob.address, value: toNano("1") }, 2),
    // The wallet, the bank, the pool, and the bank again.
    call: () => send({ to: bank, value: toNano("1"), body: pay }, 4),
    credit: async () => (await chain.provider(bank).get("credit", [])).stack.readBigNumber(),
  };
}

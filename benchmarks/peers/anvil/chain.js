// anvil with a client of viem, and the two contracts, compiled by solc.

import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";
import solc from "solc";
import { createTestClient, http, publicActions, walletActions } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { foundry } from "viem/chains";

const ANVIL = fileURLToPath(import.meta.resolve("@foundry-rs/anvil-linux-amd64/bin/anvil"));
/** The first of the accounts that anvil makes, from its public mnemonic. */
const KEY = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";
export const SOMEBODY = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";

const freePort = () =>
  new Promise((resolve) => {
    const probe = createServer();
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });

/** A node of its own that answers; `stop()` ends it. */
export async function startNode() {
  const port = await freePort();
  const begin = performance.now();
  const node = spawn(ANVIL, ["--host", "127.0.0.1", "--port", String(port), "--silent"], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  process.once("exit", () => node.kill());
  const url = `http://127.0.0.1:${port}`;
  const body = '{"jsonrpc":"2.0","id":1,"method":"eth_chainId","params":[]}';
  const ask = () => fetch(url, { method: "POST", headers: { "content-type": "application/json" }, body });
  while (!(await ask().then((answer) => answer.ok, () => false))) {
    if (node.exitCode !== null) throw new Error(`anvil ended with ${node.exitCode}`);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  return { url, startedIn: performance.now() - begin, stop: () => node.kill() };
}

/** The client that signs, and a bank that stakes with a pool. */
export async function withBank(url) {
  const account = privateKeyToAccount(KEY);
  const chain = { account, chain: foundry, mode: "anvil", transport: http(url) };
  const client = createTestClient(chain).extend(publicActions).extend(walletActions);
  const source = readFileSync(new URL("bank.sol", import.meta.url), "utf8");
  const settings = { optimizer: { enabled: true }, outputSelection: { "*": { "*": ["abi", "evm.bytecode.object"] } } };
  const input = { language: "Solidity", sources: { "bank.sol": { content: source } }, settings };
  const compiled = JSON.parse(solc.compile(JSON.stringify(input))).contracts["bank.sol"];
  const deploy = async ({ abi, evm }, args) => {
    const hash = await client.deployContract({ abi, bytecode: `0x${evm.bytecode.object}`, args });
    return (await client.waitForTransactionReceipt({ hash })).contractAddress;
  };
  const pool = await deploy(compiled.Pool, []);
  const bank = { address: await deploy(compiled.Bank, [pool]), abi: compiled.Bank.abi };
  const succeeded = ({ status }) => {
    if (status !== "success") throw new Error(status);
  };
  return {
    client,
    transfer: async () => succeeded(await client.sendTransactionSync({ to: SOMEBODY, value: 1n })),
    call: async () =>
      succeeded(await client.writeContractSync({ ...bank, functionName: "depositAndStake", value: 10n ** 18n })),
    credit: () => client.readContract({ ...bank, functionName: "creditOf", args: [account.address] }),
  };
}

// A node for the clients that do not start one themselves, and what the tests of all clients share.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";

export const COMMAND = process.env.NEAR_SANDBOX_BIN_PATH;
assert.ok(COMMAND, "NEAR_SANDBOX_BIN_PATH has to name near-harness-sandbox: run scripts/test-clients");

export const ONE = 10n ** 24n;
export const TGAS = 10n ** 12n;

const COMPILED = new URL("../../../contracts/compiled/", import.meta.url);

/** The code of one of the project's contracts. */
export const wasm = (name) => readFile(new URL(`${name}.wasm`, COMPILED));

/** The key of an account `sandbox` whose test seed is `sandbox`, as nearcore derives it. */
export const ROOT = "sandbox";

const START_LIMIT_MS = 30_000;

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

function finished(child) {
  return new Promise((resolve) => child.once("exit", resolve));
}

/** Starts, at the top level of a test file, a node that is stopped when the tests of the file have run; returns its URL and the key of its root account. */
export async function startNode() {
  const folder = await mkdtemp(join(tmpdir(), "near-harness-clients-"));
  const home = join(folder, "home");
  const init = spawn(
    COMMAND,
    ["--home", home, "init", "--fast", "--account-id", ROOT, "--test-seed", ROOT, "--chain-id", ROOT],
    { stdio: ["ignore", "ignore", "inherit"] },
  );
  assert.equal(await finished(init), 0, "init failed");
  const port = await freePort();
  const node = spawn(
    COMMAND,
    ["--home", home, "run", "--rpc-addr", `127.0.0.1:${port}`, "--network-addr", "127.0.0.1:0"],
    { stdio: ["ignore", "ignore", "inherit"] },
  );
  const ended = finished(node);
  after(async () => {
    node.kill("SIGTERM");
    assert.equal(await ended, 0, "the node did not end well");
    await rm(folder, { recursive: true });
  });
  const url = `http://127.0.0.1:${port}`;
  const until = Date.now() + START_LIMIT_MS;
  while (
    !(await fetch(`${url}/status`)
      .then((answer) => answer.ok)
      .catch(() => false))
  ) {
    assert.equal(node.exitCode, null, "the node ended");
    assert.ok(Date.now() < until, "the node did not come up");
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const { secret_key: secretKey } = JSON.parse(await readFile(join(home, "validator_key.json"), "utf8"));
  return { url, secretKey };
}

/** The receipts of a transaction that failed. */
export const failures = (outcome) =>
  outcome.receipts_outcome.filter((receipt) => receipt.outcome.status.Failure !== undefined);

/** All logs of a transaction's receipts. */
export const logs = (outcome) => outcome.receipts_outcome.flatMap((receipt) => receipt.outcome.logs);

/** An account with money, a key, a contract and a call of it, all or nothing; with the actions of a version of near-api-js. */
export const newContract = (transactions, key, code, method) => [
  transactions.createAccount(),
  transactions.transfer(20n * ONE),
  transactions.addKey(key, transactions.fullAccessKey()),
  transactions.deployContract(code),
  transactions.functionCall(method, {}, 30n * TGAS, ONE),
];

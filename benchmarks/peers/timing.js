// What the programs of the JavaScript peers share: taking times, and saying them.

import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";

/** How often each thing is done and timed. */
export const CALLS = Number(process.env.PEER_CALLS ?? 20);

/** How many tests the suite has. */
export const TESTS = Number(process.env.PEER_TESTS ?? 1);

export const ONE = 10n ** 24n;
export const TGAS = 10n ** 12n;

/** The code of one of the project's contracts. */
export const wasm = (name) => readFile(join(process.env.PEER_CONTRACTS, `${name}.wasm`));

/** The version of an installed package. */
export const version = (name) =>
  JSON.parse(readFileSync(join(process.cwd(), "node_modules", name, "package.json"), "utf8")).version;

/** Milliseconds of each of some runs; the first ones, which load and compile, are left out. */
export async function timed(act, { times = CALLS, unmeasured = 5 } = {}) {
  const taken = [];
  for (let turn = -unmeasured; turn < times; turn++) {
    const begin = performance.now();
    await act();
    if (turn >= 0) taken.push(performance.now() - begin);
  }
  return taken;
}

/** Says the times, by what was timed: the last line of what is printed. */
export const report = (measured) => console.log(JSON.stringify(measured));

import { open, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { codeOf, syncFolder } from "../../src-shared/node/atomic-files.ts";
import { ok } from "../../src-shared/result.ts";
import type { Bytes, UnixSeconds } from "../../src-shared/units.ts";
import { type Attempt, fail } from "../failure.ts";
import { exists } from "../paths.ts";
import { CHAIN_START, followChain, formatLine, hashOf } from "./chain.ts";
import type { RegisterEntry } from "./entries.ts";
import { HEAD_FILE, readHead, writeHead } from "./head-file.ts";

/** The publisher's register: everything that was issued, in order. */
export type Register = {
  readonly entries: readonly RegisterEntry[];
  /** When each was entered. */
  readonly times: readonly UnixSeconds[];
  /** Hash of the last line. */
  readonly head: string;
  /** The file offset of the next line. */
  readonly bytes: Bytes;
  /** An unfinished line follows; the next entry overwrites it. */
  readonly torn: boolean;
};

export function registerPath(folder: string): string {
  return join(folder, "register.jsonl");
}

/** The result of an inspection; `fault` describes the first thing that differs from what was written. */
export type Inspection = Register & {
  readonly fault: string | undefined;
  /** The hash of each line. */
  readonly hashes: readonly string[];
};

/** Reads the register. Fails if any line was changed, removed or cut short, because a `seq` must never be issued twice. A
 * last line that was never acknowledged counts as not written: no file was delivered for it.
 */
export async function readRegister(folder: string): Promise<Attempt<Register>> {
  const { fault, hashes: _hashes, ...register } = await inspectRegister(folder);
  if (fault === undefined) return ok(register);
  return fail("REGISTER_BROKEN", `${fault}: restore the register from your backup before issuing.`);
}

/** Reads the register as far as its hash chain is valid. */
export async function inspectRegister(folder: string): Promise<Inspection> {
  const path = registerPath(folder);
  const chain = followChain(await readIfExists(path));
  const { entries, times, hashes, bytes, torn } = chain;
  const acknowledged = await readHead(folder);
  const faultAt = (line: number, what: string) => `${path}, line ${line} ${what}`;
  function findFault(): string | undefined {
    if (chain.brokenAt !== undefined) return faultAt(chain.brokenAt, "does not match the chain");
    if (acknowledged === "broken") return `${join(folder, HEAD_FILE)} is damaged`;
    // Without the head file, an unfinished line and a cut line look the same.
    if (!acknowledged) return torn ? faultAt(hashes.length + 1, "is incomplete") : undefined;
    if (acknowledged.lines > hashes.length)
      return faultAt(hashes.length + 1, `is missing: there were ${acknowledged.lines}`);
    const last = hashes[acknowledged.lines - 1] ?? CHAIN_START;
    return acknowledged.hash === last ? undefined : faultAt(acknowledged.lines, "is not the one that was entered");
  }
  return { entries, times, head: hashes.at(-1) ?? CHAIN_START, bytes, torn, hashes, fault: findFault() };
}

/** Appends one entry durably, before the file that it names is delivered, and returns the register with it. Call it under
 * the register's lock.
 */
export async function appendToRegister(
  folder: string,
  register: Register,
  at: UnixSeconds,
  entry: RegisterEntry,
): Promise<Register> {
  const { entries, times, head, bytes, torn } = register;
  if ((await readHead(folder)) === undefined) await writeHead(folder, { lines: entries.length, hash: head });
  const line = formatLine({ n: entries.length, prev: head, at, entry });
  const file = await open(registerPath(folder), "a", 0o600);
  try {
    if (torn) await file.truncate(bytes);
    await file.appendFile(`${line}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await syncFolder(dirname(registerPath(folder)));
  const hash = hashOf(line);
  await writeHead(folder, { lines: entries.length + 1, hash });
  const size = bytes + Buffer.byteLength(line) + 1;
  return { entries: [...entries, entry], times: [...times, at], head: hash, bytes: size, torn: false };
}

async function readIfExists(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (codeOf(error) === "ENOENT") return "";
    throw error;
  }
}

/** Starts a new register if there is none, for a publisher whose register is lost. */
export async function restartRegister(
  folder: string,
  at: UnixSeconds,
  entries: readonly RegisterEntry[],
): Promise<Attempt<Register>> {
  if (await exists(registerPath(folder))) {
    return fail("FILE_EXISTS", `${registerPath(folder)} exists: only a lost register can be started again.`);
  }
  await writeHead(folder, { lines: 0, hash: CHAIN_START });
  let register: Register = { entries: [], times: [], head: CHAIN_START, bytes: 0, torn: false };
  for (const entry of entries) register = await appendToRegister(folder, register, at, entry);
  return ok(register);
}

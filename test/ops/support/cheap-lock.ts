import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { lockFolderKey, openLock, parsePasswordLock } from "../../../src-ops/keys/protection/password-lock.ts";

/** The lowest cost that a key folder may have. */
const CHEAP = { n: 2 ** 15, r: 8, p: 1 } as const;

/**
 * Gives folders with one lock the lowest cost, under the same password: for tests that open them often, and are not about the
 * cost.
 */
export async function makeLockCheap(password: string, ...folders: readonly string[]): Promise<void> {
  const paths = folders.map((folder) => join(folder, "password.json"));
  const lock = parsePasswordLock(readFileSync(paths[0] as string));
  const key = lock && (await openLock(lock, password));
  if (!key) throw new Error(`${paths[0]} does not open`);
  const cheap = `${JSON.stringify(await lockFolderKey(key, password, CHEAP))}\n`;
  for (const path of paths) writeFileSync(path, cheap);
}

import { mkdir, open, readFile, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { codeOf } from "../../src-shared/node/atomic-files.ts";
import { type Attempt, fail } from "../failure.ts";
import { PRIVATE } from "./key-folder.ts";
import type { Publisher } from "./publisher.ts";

/**
 * Lets one process at a time work on what `name` names (a stick, the register). The lock lies with the keys, not on the
 * stick: FAT keeps a dead lock as well as a living one. A lock whose process is gone is taken over.
 */
export async function withLock<T>(
  publisher: Publisher,
  name: string,
  work: () => Promise<Attempt<T>>,
): Promise<Attempt<T>> {
  const path = join(publisher.folder, PRIVATE, "locks", `${name}.lock`);
  await mkdir(dirname(path), { recursive: true });
  if (!(await acquire(path)) && ((await isHeld(path)) || !(await takeOver(path)))) {
    return fail(
      "BUSY",
      `Another vaultctl is at work on the same thing: let it finish. If there is none, delete ${path}.`,
    );
  }
  try {
    return await work();
  } finally {
    await rm(path, { force: true });
  }
}

async function acquire(path: string): Promise<boolean> {
  try {
    const file = await open(path, "wx", 0o600);
    await file.writeFile(String(process.pid));
    await file.close();
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw error;
  }
}

async function takeOver(path: string): Promise<boolean> {
  await rm(path, { force: true });
  return acquire(path);
}

async function isHeld(path: string): Promise<boolean> {
  let pid: number;
  try {
    pid = Number(await readFile(path, "utf8"));
  } catch (error) {
    if (codeOf(error) === "ENOENT") return false;
    throw error;
  }
  if (!Number.isSafeInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // ESRCH: no such process. EPERM: it lives, but belongs to someone else.
    return codeOf(error) === "EPERM";
  }
}

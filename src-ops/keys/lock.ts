import { randomBytes } from "node:crypto";
import { link, mkdir, open, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { codeOf } from "../../src-shared/node/atomic-files.ts";
import { type Attempt, fail } from "../failure.ts";
import { PRIVATE } from "./key-folder.ts";
import type { Publisher } from "./publisher.ts";

/** Lets one process at a time work on the resource `name` (a stick, the register). The lock file is in the key folder,
 * not on the stick, where it would stay if the stick is pulled out. A lock whose process has ended is taken over.
 */
export async function withLock<T>(
  publisher: Publisher,
  name: string,
  work: () => Promise<Attempt<T>>,
): Promise<Attempt<T>> {
  return withLockFile(join(publisher.folder, PRIVATE, "locks", `${name}.lock`), work);
}

/** The same for a resource that publishers with different key folders share: the lock file is at `path`. */
export async function withLockFile<T>(path: string, work: () => Promise<Attempt<T>>): Promise<Attempt<T>> {
  await mkdir(dirname(path), { recursive: true });
  if (!(await acquire(path)) && ((await isHeld(path)) || !(await takeOver(path)))) {
    return fail(
      "BUSY",
      `Another vaultctl is working on the same thing: wait until it has finished. If there is none, delete ${path}.`,
    );
  }
  try {
    await sweepDead(path);
    return await work();
  } finally {
    await rm(path, { force: true });
  }
}

// Removes the temporary files of processes that were killed while they tried to get the lock.
async function sweepDead(path: string): Promise<void> {
  const attempts = (await readdir(dirname(path))).filter((name) => name.startsWith(`${basename(path)}.`));
  for (const name of attempts) {
    const attempt = join(dirname(path), name);
    if (!(await isHeld(attempt))) await rm(attempt, { force: true });
  }
}

// The lock file is linked into place with its content: an empty one would look like one whose process has ended.
async function acquire(path: string): Promise<boolean> {
  const own = `${path}.${randomBytes(6).toString("hex")}`;
  await writeFile(own, String(process.pid), { flag: "wx", mode: 0o600 });
  try {
    await link(own, path);
    return true;
  } catch (error) {
    // ENOENT: the holder of the lock has removed this temporary file before it was complete.
    if (["EEXIST", "ENOENT"].includes(codeOf(error))) return false;
    if (!["EPERM", "ENOSYS", "ENOTSUP"].includes(codeOf(error))) throw error;
    return await acquireWithoutLinks(path);
  } finally {
    await rm(own, { force: true });
  }
}

// FAT and some network drives have no hard links.
async function acquireWithoutLinks(path: string): Promise<boolean> {
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

// Renamed to a unique name first: of two processes that find the same dead lock, only one gets it.
async function takeOver(path: string): Promise<boolean> {
  const aside = `${path}.${randomBytes(6).toString("hex")}`;
  try {
    await rename(path, aside);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return acquire(path);
    throw error;
  }
  // The other process was faster, and this is its valid lock: put it back.
  if (await isHeld(aside)) {
    try {
      await link(aside, path);
    } finally {
      await rm(aside, { force: true });
    }
    return false;
  }
  await rm(aside, { force: true });
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
    // ESRCH: no such process. EPERM: the process exists, but belongs to another user.
    return codeOf(error) === "EPERM";
  }
}

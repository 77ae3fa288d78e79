import { randomBytes } from "node:crypto";
import { link, mkdir, open, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
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
  return withLockFile(join(publisher.folder, PRIVATE, "locks", `${name}.lock`), work);
}

/** The same for what is shared by publishers with different key folders: the lock lies at `path`. */
export async function withLockFile<T>(path: string, work: () => Promise<Attempt<T>>): Promise<Attempt<T>> {
  await mkdir(dirname(path), { recursive: true });
  if (!(await acquire(path)) && ((await isHeld(path)) || !(await takeOver(path)))) {
    return fail(
      "BUSY",
      `Another vaultctl is at work on the same thing: let it finish. If there is none, delete ${path}.`,
    );
  }
  try {
    await sweepDead(path);
    return await work();
  } finally {
    await rm(path, { force: true });
  }
}

// What killed processes left of their attempts to get the lock.
async function sweepDead(path: string): Promise<void> {
  const attempts = (await readdir(dirname(path))).filter((name) => name.startsWith(`${basename(path)}.`));
  for (const name of attempts) {
    const attempt = join(dirname(path), name);
    if (!(await isHeld(attempt))) await rm(attempt, { force: true });
  }
}

// The lock appears with its content: one that is still empty would look like one whose process is gone.
async function acquire(path: string): Promise<boolean> {
  const own = `${path}.${randomBytes(6).toString("hex")}`;
  await writeFile(own, String(process.pid), { flag: "wx", mode: 0o600 });
  try {
    await link(own, path);
    return true;
  } catch (error) {
    // ENOENT: whoever has the lock has swept this attempt before it was complete.
    if (["EEXIST", "ENOENT"].includes(codeOf(error))) return false;
    if (!["EPERM", "ENOSYS", "ENOTSUP"].includes(codeOf(error))) throw error;
    return await acquireWithoutLinks(path);
  } finally {
    await rm(own, { force: true });
  }
}

// FAT and some network drives know no hard links.
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

// Taken aside under a name of our own first: of two processes that find the same dead lock, one gets it.
async function takeOver(path: string): Promise<boolean> {
  const aside = `${path}.${randomBytes(6).toString("hex")}`;
  try {
    await rename(path, aside);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return acquire(path);
    throw error;
  }
  // The other one was quicker, and this is its living lock: it goes back.
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
    // ESRCH: no such process. EPERM: it lives, but belongs to someone else.
    return codeOf(error) === "EPERM";
  }
}

import { randomBytes } from "node:crypto";
import { link, mkdir, open, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { codeOf, removeFile } from "../../src-shared/node/atomic-files.ts";
import { type Attempt, fail } from "../failure.ts";
import { PRIVATE } from "./key-folder.ts";
import { type Host, type LockState, parseLockOwner, stateOf, thisHost, thisOwner } from "./lock-owner.ts";
import type { Publisher } from "./publisher.ts";

/** Lets one process at a time work on the resource `name` (a stick, the register). The lock file is in the key folder,
 * not on the stick, where it would stay if the stick is pulled out. A lock whose process has certainly ended is taken
 * over. BUSY, LOCKED_ELSEWHERE.
 */
export async function withLock<T>(
  publisher: Publisher,
  name: string,
  work: () => Promise<Attempt<T>>,
): Promise<Attempt<T>> {
  return withLockFile(join(publisher.folder, PRIVATE, "locks", `${name}.lock`), work);
}

/** The same for a resource that publishers with different key folders share: the lock file is at `path`. */
export async function withLockFile<T>(path: string, work: () => Promise<Attempt<T>>, here?: Host): Promise<Attempt<T>> {
  await mkdir(dirname(path), { recursive: true });
  const host = here ?? (await thisHost());
  const taken = await take(path, host);
  if (taken !== "taken") return refusalOf(path, taken);
  try {
    await sweepDead(path, host);
    return await work();
  } finally {
    await removeFile(path);
  }
}

async function refusalOf(path: string, state: Exclude<LockState, "dead">) {
  if (state === "held") {
    return fail(
      "BUSY",
      `Another vaultctl is working on the same thing: wait until it has finished. If there is none, delete ${path}.`,
    );
  }
  const owner = parseLockOwner((await contentOf(path)) ?? "");
  const who = owner ? `process ${owner.pid} on ${JSON.stringify(owner.host.name)}` : "an unknown process";
  return fail(
    "LOCKED_ELSEWHERE",
    `${path} is held by ${who}. This computer cannot see whether it still works: make sure that it does not, then delete the file.`,
  );
}

/** Gets the lock, also from a process that has certainly ended. */
async function take(path: string, host: Host): Promise<"taken" | "held" | "elsewhere"> {
  if (await acquire(path, host)) return "taken";
  const content = await contentOf(path);
  // Released in the meantime.
  if (content === undefined) return (await acquire(path, host)) ? "taken" : "held";
  const owner = parseLockOwner(content);
  const state = await stateOf(owner, host);
  if (state !== "dead" || !owner) return state === "held" ? "held" : "elsewhere";
  // Whoever removes this dead lock holds a lock for that, so the lock of the next owner is never removed instead.
  const removal = `${path}.${owner.nonce}`;
  const may = await take(removal, host);
  if (may !== "taken") return may;
  try {
    if ((await contentOf(path)) === content) await removeFile(path);
    return (await acquire(path, host)) ? "taken" : "held";
  } finally {
    await removeFile(removal);
  }
}

// Removes the temporary files of processes that were killed while they tried to get the lock. An incomplete one was never
// a lock: a process that is still writing it gets BUSY.
async function sweepDead(path: string, host: Host): Promise<void> {
  const attempts = (await readdir(dirname(path))).filter((name) => name.startsWith(`${basename(path)}.`));
  for (const name of attempts) {
    const attempt = join(dirname(path), name);
    const content = await contentOf(attempt);
    if (content === undefined) continue;
    const owner = parseLockOwner(content);
    if (!owner || (await stateOf(owner, host)) === "dead") await removeFile(attempt);
  }
}

// The lock file is linked into place with its content: an empty one would name no process.
async function acquire(path: string, host: Host): Promise<boolean> {
  const own = `${path}.${randomBytes(6).toString("hex")}`;
  const content = JSON.stringify(await thisOwner(host));
  await writeFile(own, content, { flag: "wx", mode: 0o644 });
  try {
    await link(own, path);
    return true;
  } catch (error) {
    // Over NFS a link can be made although its answer is lost: then the repeated request finds it there (open(2)).
    if (codeOf(error) === "EEXIST") return (await stat(own).catch(() => undefined))?.nlink === 2;
    // The holder of the lock has removed this temporary file before it was complete.
    if (codeOf(error) === "ENOENT") return false;
    if (!["EPERM", "ENOSYS", "ENOTSUP"].includes(codeOf(error))) throw error;
    return await acquireWithoutLinks(path, content);
  } finally {
    await removeFile(own);
  }
}

// FAT and some network drives have no hard links.
async function acquireWithoutLinks(path: string, content: string): Promise<boolean> {
  try {
    const file = await open(path, "wx", 0o644);
    await file.writeFile(content);
    await file.close();
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw error;
  }
}

async function contentOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

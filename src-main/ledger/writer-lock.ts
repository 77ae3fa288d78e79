import { DatabaseSync } from "node:sqlite";
import { setTimeout } from "node:timers/promises";
import { err, ok, type Result } from "../../src-shared/result.ts";

const WAIT_MS = 5_000;
const RETRY_MS = 10;

// SQLITE_BUSY and SQLITE_LOCKED: another process has the lock.
const LOCK_HELD_CODES = new Set([5, 6]);

/**
 * Lets one process at a time work on what the lock file protects. The lock is the operating system's own lock on an
 * empty SQLite file, the only portable way to such a lock from Node: the system releases it when the process ends,
 * however it ends, so a crash cannot leave it locked. `NOT_LOCKED`: the lock could not be acquired within five seconds,
 * or not at all.
 */
export async function withWriterLock<T>(path: string, work: () => Promise<T>): Promise<Result<T, "NOT_LOCKED">> {
  const lock = await acquire(path);
  if (!lock) return err("NOT_LOCKED");
  try {
    return ok(await work());
  } finally {
    lock.close();
  }
}

async function acquire(path: string): Promise<DatabaseSync | undefined> {
  const deadline = performance.now() + WAIT_MS;
  for (;;) {
    const attempt = tryAcquire(path);
    if (attempt !== "taken") return attempt;
    if (performance.now() > deadline) return undefined;
    await setTimeout(RETRY_MS);
  }
}

function tryAcquire(path: string): DatabaseSync | undefined | "taken" {
  let lock: DatabaseSync | undefined;
  try {
    lock = new DatabaseSync(path, { timeout: 0 });
    // Nothing is ever written: the file stays empty, and there is no journal to recover from.
    lock.exec("BEGIN EXCLUSIVE");
    return lock;
  } catch (error) {
    lock?.close();
    const code = sqliteCodeOf(error);
    if (code === undefined) throw error;
    return LOCK_HELD_CODES.has(code & 0xff) ? "taken" : undefined;
  }
}

function sqliteCodeOf(error: unknown): number | undefined {
  return error instanceof Error && "errcode" in error && typeof error.errcode === "number" ? error.errcode : undefined;
}

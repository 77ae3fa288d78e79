import { randomBytes } from "node:crypto";
import { open, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { syncFolder } from "../../../src-shared/node/atomic-files.ts";
import type { DecisionLine } from "./ring-store.ts";

/**
 * Copies a database to another file as a consistent snapshot, while a server may continue to write. The file appears only
 * when it is complete. Returns the decision log, read from the copy. Throws the disk's error.
 */
export async function backUpFile(from: string, to: string): Promise<readonly DecisionLine[]> {
  const temporary = join(dirname(to), `.${basename(to)}.${randomBytes(6).toString("hex")}.tmp`);
  try {
    // Created first, so that nobody else can read it while it is written.
    await (await open(temporary, "wx", 0o600)).close();
    const database = new DatabaseSync(from, { readOnly: true });
    try {
      database.exec("PRAGMA busy_timeout = 15000");
      // Erased data is not copied: VACUUM leaves out free pages.
      database.prepare("VACUUM INTO ?").run(temporary);
    } finally {
      database.close();
    }
    const lines = readBack(temporary);
    const file = await open(temporary, "r+");
    try {
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, to);
    await syncFolder(dirname(to));
    return lines;
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

function readBack(path: string): DecisionLine[] {
  const copy = new DatabaseSync(path, { readOnly: true });
  try {
    const found = copy.prepare("PRAGMA integrity_check").get()?.["integrity_check"];
    if (found !== "ok") throw new Error(`the copy is damaged: ${String(found)}`);
    return copy.prepare("SELECT n, line FROM decisions ORDER BY n").all() as unknown as DecisionLine[];
  } finally {
    copy.close();
  }
}

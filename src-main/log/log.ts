import { appendFile, mkdir, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { codeOf, removeFile } from "../../src-shared/node/atomic-files.ts";
import { type Bytes, MIB } from "../../src-shared/units.ts";
import type { Log } from "./events.ts";
import { lineOf } from "./line.ts";

const LOG_FILE = /^\d{4}-\d{2}-\d{2}\.log$/;

export type LogLimits = {
  /** How many days are kept in addition to today. */
  readonly days: number;
  /** The limit for all files together; the oldest are removed first. */
  readonly totalBytes: Bytes;
  /** The limit for one day. */
  readonly dayBytes: Bytes;
};

const LIMITS: LogLimits = { days: 30, totalBytes: 20 * MIB, dayBytes: 4 * MIB };

/**
 * Appends JSON lines to one file per day, named by its date in UTC, and removes old files (R-24, docs/formats/logs.md).
 * A log that cannot be written never stops the app.
 */
export function openLog(
  folder: string,
  now: () => Date,
  limits = LIMITS,
): Log & { readonly flush: () => Promise<void> } {
  let today = "";
  let bytes: Bytes = 0;
  let writing: Promise<void> = Promise.resolve();

  async function append(at: string, line: string): Promise<void> {
    const day = at.slice(0, 10);
    const path = join(folder, `${day}.log`);
    if (day !== today) {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      today = day;
      bytes = await sizeOf(path);
      await removeOldLogs(folder, limits);
    }
    if (bytes >= limits.dayBytes) return;
    const text = `${line}\n`;
    bytes += Buffer.byteLength(text);
    await appendFile(path, text, { mode: 0o600 });
    if (bytes >= limits.dayBytes) await appendFile(path, `${lineOf(at, "log.full", { bytes })}\n`);
  }

  const log: Log = (event, fields) => {
    const at = now().toISOString();
    const line = lineOf(at, event, fields);
    // A full or read-only disk must not stop the app; the next line tries again.
    writing = writing.then(() => append(at, line)).catch(() => undefined);
  };
  return Object.assign(log, { flush: () => writing });
}

async function removeOldLogs(folder: string, limits: LogLimits): Promise<void> {
  const names = (await readdir(folder))
    .filter((name) => LOG_FILE.test(name))
    .toSorted()
    .toReversed();
  let total: Bytes = 0;
  for (const [age, name] of names.entries()) {
    total += await sizeOf(join(folder, name));
    if (age >= limits.days || total > limits.totalBytes) await removeFile(join(folder, name));
  }
}

async function sizeOf(path: string): Promise<Bytes> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (codeOf(error) !== "ENOENT") throw error;
    return 0;
  }
}

import { appendFile, mkdir } from "node:fs/promises";
import { join } from "node:path";

/** What may stand in a log line: codes, ids and numbers; no prose, no paths, no keys. */
export type LogFields = Readonly<Record<string, string | number | boolean>>;
export type Log = (event: string, fields?: LogFields) => void;

/** Appends JSON lines to one file a day. A log that cannot be written never stops the app. */
export function openLog(folder: string, now: () => Date): Log {
  let writing: Promise<unknown> = mkdir(folder, { recursive: true }).catch(() => undefined);
  return (event, fields = {}) => {
    const at = now().toISOString();
    const line = `${JSON.stringify({ at, event, ...fields })}\n`;
    writing = writing.then(() => appendFile(join(folder, `${at.slice(0, 10)}.log`), line)).catch(() => undefined);
  };
}

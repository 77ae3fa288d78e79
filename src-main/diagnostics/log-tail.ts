import { open, readdir } from "node:fs/promises";
import { join } from "node:path";
import { codeOf } from "../../src-shared/node/atomic-files.ts";
import { type Bytes, KIB } from "../../src-shared/units.ts";

const LOG_FILE = /^\d{4}-\d{2}-\d{2}\.log$/;

/** More than the diagnostics need for their lines. */
const TAIL_BYTES: Bytes = 32 * KIB;

// The form of our own lines. They contain no slash, backslash or "@", so neither a path nor an address gets through.
const SAFE_VALUE = /^[A-Za-z0-9 ._:+-]{0,64}$/;
// The frames of an unexpected error: several names of functions and files.
const SAFE_FRAMES = /^[A-Za-z0-9 ._:$-]{0,640}$/;

/**
 * The last lines of the log, oldest first. Lines that the app did not write are left out: they could contain anything.
 */
export async function readLogTail(folder: string, lines: number): Promise<string[]> {
  const names = await logFiles(folder);
  const tail: string[] = [];
  for (const name of names.toReversed()) {
    const read = await readTail(join(folder, name));
    tail.unshift(...read.split("\n").filter(isOurs));
    if (tail.length >= lines) break;
  }
  return tail.slice(-lines);
}

function isOurs(line: string): boolean {
  try {
    const fields: unknown = JSON.parse(line);
    if (typeof fields !== "object" || fields === null || !("event" in fields)) return false;
    return Object.entries(fields).every(([name, value]) => typeof value === "number" || isSafe(name, value));
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}

function isSafe(name: string, value: unknown): boolean {
  return typeof value === "string" && (name === "frames" ? SAFE_FRAMES : SAFE_VALUE).test(value);
}

async function logFiles(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).filter((name) => LOG_FILE.test(name)).toSorted();
  } catch (error) {
    if (codeOf(error) === "") throw error;
    return [];
  }
}

async function readTail(path: string): Promise<string> {
  try {
    const file = await open(path, "r");
    try {
      const { size } = await file.stat();
      const start = Math.max(0, size - TAIL_BYTES);
      const { buffer, bytesRead } = await file.read(Buffer.alloc(TAIL_BYTES), 0, TAIL_BYTES, start);
      return buffer.toString("utf8", 0, bytesRead);
    } finally {
      await file.close();
    }
  } catch (error) {
    if (codeOf(error) === "") throw error;
    return "";
  }
}

import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { codeOf } from "../../src-shared/node/atomic-files.ts";
import { type Bytes, MIB, type UnixMs } from "../../src-shared/units.ts";

const MAX_DUMPS = 10;
const MAX_BYTES: Bytes = 20 * MIB;

/**
 * Removes the oldest minidumps beyond ten or 20 MiB, and says how many are left. They hold memory of the app: they stay
 * on this computer, and nothing sends them.
 */
export async function capCrashDumps(folder: string, maxDumps = MAX_DUMPS, maxBytes = MAX_BYTES): Promise<number> {
  const dumps = await Promise.all((await dumpsIn(folder)).map(async (path) => ({ path, ...(await sizeAndAge(path)) })));
  let [kept, total] = [0, 0];
  for (const { path, size } of dumps.toSorted((one, other) => other.modified - one.modified)) {
    if (kept < maxDumps && total + size <= maxBytes) {
      kept++;
      total += size;
    } else {
      await rm(path, { force: true });
    }
  }
  return kept;
}

/** How many minidumps were written since a moment. */
export async function countCrashDumps(folder: string, since: UnixMs): Promise<number> {
  const dumps = await Promise.all((await dumpsIn(folder)).map(sizeAndAge));
  return dumps.filter(({ modified }) => modified > since).length;
}

async function dumpsIn(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile() && entry.name.endsWith(".dmp"))
      .map(({ parentPath, name }) => join(parentPath, name));
  } catch (error) {
    // Nothing has crashed yet.
    if (codeOf(error) === "ENOENT") return [];
    throw error;
  }
}

async function sizeAndAge(path: string): Promise<{ readonly size: Bytes; readonly modified: number }> {
  const { size, mtimeMs } = await stat(path);
  return { size, modified: mtimeMs };
}

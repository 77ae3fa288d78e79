import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { codeOf, removeFile } from "../../src-shared/node/atomic-files.ts";
import { type Bytes, MIB, type UnixMs } from "../../src-shared/units.ts";

const MAX_DUMPS = 10;
const MAX_BYTES: Bytes = 20 * MIB;

/**
 * Removes the oldest minidumps beyond ten or 20 MiB, and returns how many are left. They contain memory of the app:
 * they stay on this computer, and nothing sends them.
 */
export async function capCrashDumps(folder: string, maxDumps = MAX_DUMPS, maxBytes = MAX_BYTES): Promise<number> {
  const dumps = await dumpsIn(folder);
  let [kept, total] = [0, 0];
  for (const { path, size } of dumps.toSorted((one, other) => other.modified - one.modified)) {
    if (kept < maxDumps && total + size <= maxBytes) {
      kept++;
      total += size;
    } else {
      await removeFile(path);
    }
  }
  return kept;
}

/** How many minidumps were written since a point in time. */
export async function countCrashDumps(folder: string, since: UnixMs): Promise<number> {
  const dumps = await dumpsIn(folder);
  return dumps.filter(({ modified }) => modified > since).length;
}

type Dump = { readonly path: string; readonly size: Bytes; readonly modified: UnixMs };

async function dumpsIn(folder: string): Promise<Dump[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(expectAbsence);
  const files = (entries ?? []).filter((entry) => entry.isFile() && entry.name.endsWith(".dmp"));
  const dumps = await Promise.all(files.map(({ parentPath, name }) => dumpAt(join(parentPath, name))));
  return dumps.filter((dump) => dump !== undefined);
}

async function dumpAt(path: string): Promise<Dump | undefined> {
  const status = await stat(path).catch(expectAbsence);
  return status && { path, size: status.size, modified: status.mtimeMs };
}

// Nothing has crashed yet, or a dump was removed while the others were being read.
function expectAbsence(error: unknown): undefined {
  if (codeOf(error) === "ENOENT") return undefined;
  throw error;
}

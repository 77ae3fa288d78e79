import { opendir } from "node:fs/promises";
import { codeOf } from "./atomic-files.ts";

// More than any folder of ours holds; a hostile stick may contain millions, and `readdir` would block while it builds
// the list.
const MAX_NAMES = 10_000;
const NAMES_PER_READ = 256;

/** Up to 10,000 names in a folder (attacker-controlled), in the order of the file system; none if it cannot be read. */
export async function listNames(folder: string): Promise<string[]> {
  const names: string[] = [];
  for await (const name of streamNames(folder)) names.push(name);
  return names;
}

/** Whether one of the first 10,000 names in a folder (attacker-controlled) is exactly this one. */
export async function hasName(folder: string, wanted: string): Promise<boolean> {
  for await (const name of streamNames(folder)) if (name === wanted) return true;
  return false;
}

async function* streamNames(folder: string): AsyncGenerator<string> {
  try {
    let left = MAX_NAMES;
    for await (const { name } of await opendir(folder, { bufferSize: NAMES_PER_READ })) {
      yield name;
      if (--left === 0) return;
    }
  } catch (error) {
    if (codeOf(error) === "") throw error;
  }
}

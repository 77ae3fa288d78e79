import type { RegisterEntry } from "./entries.ts";
import { nextLicenseSeq, revokedIn, rotatedIn } from "./licenses.ts";

/** Which copy of a key folder this is. A folder that was never restored is of generation 1, without an instance. */
export type FolderGeneration = { readonly generation: number; readonly instance: string };

const FIRST_GENERATION: FolderGeneration = { generation: 1, instance: "" };

// The numbers of a generation. Inside it, a folder takes one of a million blocks by chance, so that two folders that were
// restored from the same backup, and do not know of each other, hardly ever take the same one.
const NUMBERS_OF_A_GENERATION = 1_000_000_000_000;
const BLOCKS = 1_000_000;
const NUMBERS_OF_A_BLOCK = NUMBERS_OF_A_GENERATION / BLOCKS;

export function generationIn({ entries }: { readonly entries: readonly RegisterEntry[] }): FolderGeneration {
  const last = entries.filter((entry) => entry.kind === "generation").at(-1);
  return last ? { generation: last.generation, instance: last.instance } : FIRST_GENERATION;
}

/** The generation whose folders give out this number. */
function generationOf(seq: number): number {
  return 1 + Math.floor(seq / NUMBERS_OF_A_GENERATION);
}

/**
 * The entry with which a restored folder begins. `least` is the highest generation that is known elsewhere; `block` is a
 * random number below 2^32.
 */
export function nextGeneration(
  register: { readonly entries: readonly RegisterEntry[] },
  least: number,
  { instance, block }: { readonly instance: string; readonly block: number },
): Extract<RegisterEntry, { kind: "generation" }> {
  const highest = Math.max(nextLicenseSeq(register), revokedIn(register).seq, rotatedIn(register).seq);
  const generation = 1 + Math.max(generationIn(register).generation, generationOf(highest), least);
  const first = (generation - 1) * NUMBERS_OF_A_GENERATION;
  return { kind: "generation", generation, instance, firstSeq: first + (block % BLOCKS) * NUMBERS_OF_A_BLOCK + 1 };
}

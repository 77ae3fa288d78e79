import { ok } from "../../src-shared/result.ts";
import { type Attempt, fail } from "../failure.ts";
import { loadPublisher } from "../keys/index.ts";
import {
  type FolderGeneration,
  generationIn,
  inspectRegister,
  isLicenseEntry,
  type RegisterEntry,
} from "../register/index.ts";

/** What two copies of one key folder have entered since they were the same. */
export type Comparison = {
  /** The number of lines that both have. */
  readonly common: number;
  readonly here: Side;
  readonly there: Side;
  /** One sentence for each number or license that both have given out differently. */
  readonly collisions: readonly string[];
};

type Side = { readonly folder: string; readonly lines: number; readonly generation: number };

/** Compares the registers of two copies of a key folder, as far as their chains are valid. USAGE. */
export async function compareRegisters(keys: string, against: string): Promise<Attempt<Comparison>> {
  const [one, other] = [await loadPublisher(keys), await loadPublisher(against)];
  if (!one.ok) return one;
  if (!other.ok) return other;
  if (one.value.issuer !== other.value.issuer) {
    return fail("USAGE", `${keys} and ${against} are keys of two publishers: name two copies of one folder.`);
  }
  const [here, there] = [await inspectRegister(keys), await inspectRegister(against)];
  const common = firstDifference(here.hashes, there.hashes);
  const sideOf = (folder: string, { generation }: FolderGeneration, { length }: readonly unknown[]): Side => ({
    folder,
    lines: length - common,
    generation,
  });
  return ok({
    common,
    here: sideOf(keys, generationIn(here), here.hashes),
    there: sideOf(against, generationIn(there), there.hashes),
    collisions: findCollisions([keys, here.entries.slice(common)], [against, there.entries.slice(common)]),
  });
}

function firstDifference(one: readonly string[], other: readonly string[]): number {
  const at = one.findIndex((hash, index) => hash !== other[index]);
  return at === -1 ? one.length : at;
}

type Entered = readonly [folder: string, entries: readonly RegisterEntry[]];

function findCollisions([here, mine]: Entered, [there, theirs]: Entered): readonly string[] {
  const collisions: string[] = [];
  for (const entry of mine) {
    for (const other of theirs) {
      const what = collisionOf(entry, other);
      if (what !== undefined)
        collisions.push(`${what}: ${describe(entry)} in ${here}, and ${describe(other)} in ${there}`);
    }
  }
  return collisions;
}

function collisionOf(one: RegisterEntry, other: RegisterEntry): string | undefined {
  if (isLicenseEntry(one) && isLicenseEntry(other)) {
    if (one.sha256 === other.sha256) return undefined;
    if (one.seq === other.seq) return `License number ${one.seq} was given out twice`;
    return one.lid === other.lid ? `License ${one.lid} was changed in both` : undefined;
  }
  const isList = one.kind === "revocation" || one.kind === "rotation";
  const isSame = isList && one.kind === other.kind && one.seq === other.seq && one.sha256 !== other.sha256;
  return isSame
    ? `${one.kind === "revocation" ? "Revocation list" : "Key manifest"} ${one.seq} was signed twice`
    : undefined;
}

function describe(entry: RegisterEntry): string {
  if (isLicenseEntry(entry)) return `number ${entry.seq}, ${entry.lid} for ${entry.sub}`;
  if (entry.kind === "revocation") return `${entry.licenses.length} licenses, ${entry.keys.length} keys`;
  return entry.kind === "rotation" ? `role ${entry.role}` : entry.kind;
}

import { CLOCK_TOLERANCE } from "../../src-shared/ledger/index.ts";
import type { UnixSeconds } from "../../src-shared/units.ts";
import type { LicenseEntry, RegisterEntry } from "./entries.ts";

type Entries = { readonly entries: readonly RegisterEntry[] };

/** The current state of one license: its newest file, and whether it is revoked. */
export type LicenseRecord = { readonly newest: LicenseEntry; readonly revoked: boolean };

export function isLicenseEntry(entry: RegisterEntry): entry is LicenseEntry {
  return "lid" in entry;
}

/** Every license by its `lid`, in the order in which they were first issued. */
export function licensesIn({ entries }: Entries): ReadonlyMap<string, LicenseRecord> {
  const revoked = revokedIn({ entries }).licenses;
  const licenses = new Map<string, LicenseRecord>();
  for (const newest of entries.filter(isLicenseEntry)) {
    licenses.set(newest.lid, { newest, revoked: revoked.has(newest.lid) });
  }
  return licenses;
}

/** The newest files of the licenses that still play, their days of grace included. */
export function runningIn({ entries }: Entries, now: UnixSeconds): readonly LicenseEntry[] {
  const valid = [...licensesIn({ entries }).values()].filter(({ revoked }) => !revoked);
  return valid.map(({ newest }) => newest).filter(({ exp, grace = 0 }) => now < exp + grace);
}

/** The next number of the one sequence that all licenses of a publisher share; it never decreases. */
export function nextLicenseSeq({ entries }: Entries): number {
  return entries.reduce((next, entry) => {
    if (entry.kind === "restart" || entry.kind === "generation") return Math.max(next, entry.firstSeq);
    return isLicenseEntry(entry) ? Math.max(next, entry.seq + 1) : next;
  }, 1);
}

/** The next number of a list or a key manifest: after a restore, it continues where the licenses do. */
export function nextListSeq({ entries }: Entries, last: number): number {
  const restored = entries.filter((entry) => entry.kind === "generation").at(-1);
  return Math.max(last + 1, restored?.firstSeq ?? 0);
}

export type RevokedSoFar = {
  readonly seq: number;
  readonly licenses: ReadonlySet<string>;
  readonly keys: ReadonlySet<string>;
  /** Of the newest list; `undefined` if there is none. */
  readonly sha256: string | undefined;
};

/** Everything that was ever revoked. */
export function revokedIn({ entries }: Entries): RevokedSoFar {
  const lists = entries.filter((entry) => entry.kind === "revocation");
  return {
    seq: lists.at(-1)?.seq ?? 0,
    licenses: new Set(lists.flatMap((list) => list.licenses)),
    keys: new Set(lists.flatMap((list) => list.keys)),
    sha256: lists.at(-1)?.sha256,
  };
}

/**
 * The revoked licenses that a list signed at this time has to name. A license that had expired by then is refused without
 * the list, also where the clock was set back: the list's own time is the earliest that its readers believe. Licenses of
 * which the register does not know when they expire stay on the list for ever.
 */
export function toBeListed({ entries }: Entries, at: UnixSeconds): ReadonlySet<string> {
  const ends = new Map<string, UnixSeconds>();
  for (const { lid, exp, grace } of entries.filter(isLicenseEntry)) {
    ends.set(lid, Math.max(ends.get(lid) ?? 0, grace === undefined ? Infinity : exp + grace + CLOCK_TOLERANCE));
  }
  return new Set([...revokedIn({ entries }).licenses].filter((lid) => at < (ends.get(lid) ?? Infinity)));
}

/** The number and hash of the newest key manifest. */
export function rotatedIn({ entries }: Entries): { readonly seq: number; readonly sha256: string | undefined } {
  const last = entries.filter((entry) => entry.kind === "rotation").at(-1);
  return { seq: last?.seq ?? 0, sha256: last?.sha256 };
}

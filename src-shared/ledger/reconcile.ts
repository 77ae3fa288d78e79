import { floorOf } from "./floor.ts";
import { EMPTY_LEDGER, type LedgerHead } from "./ledger.ts";
import { formatRecord, type LedgerRecord } from "./record.ts";

/** The state of the keychain's entry. `bad`: something is there and cannot be verified. */
export type KeychainFinding =
  | { readonly kind: "absent" | "bad" }
  /** The keychain could not be read. That never means that the entry is absent. */
  | { readonly kind: "locked" | "none" }
  /** `digest` is that of the whole record, of which the entry has what fits. */
  | { readonly kind: "good"; readonly record: LedgerRecord; readonly digest: string };

/** The state of the sealed file. `ancestors`: digests of the records that this one was made from. */
export type FileFinding =
  | { readonly kind: "absent" | "bad" }
  | { readonly kind: "good"; readonly record: LedgerRecord; readonly ancestors: readonly string[] };

export type Witness = "keychain" | "file" | "stick";

/** Why the memory of this computer cannot be used. */
export type LedgerRefusal = "STORE_LOCKED" | "STORE_NONE" | "STATE_LOST";

export type Reconciled =
  | { readonly state: "STORE_LOCKED" | "STORE_NONE" }
  /** The record is not complete. What is left of it is still a floor. */
  | { readonly state: "STATE_LOST"; readonly floor: LedgerHead }
  /** As far as this computer knows, nothing was ever written here. */
  | { readonly state: "fresh" }
  /** The floor of all valid witnesses, and those that hold less than it. `ancestors` are those of the next record. */
  | {
      readonly state: "ready";
      readonly record: LedgerRecord;
      readonly lagging: readonly Witness[];
      readonly ancestors: readonly string[];
    };

/** So many writes may be missing in a keychain that was restored to an earlier state. */
const MAX_ANCESTORS = 64;

/**
 * Combines the content of the keychain and of the sealed file into one record (docs/adr/0005-ledger-witnesses.md). The
 * keychain holds the key of every seal and the digest of the whole record. A file counts as complete if it has this
 * digest, or was made from the record with this digest: then a crash came between the two writes, or the keychain was
 * restored. Without such a file the keychain's own part must be complete, otherwise the state is lost.
 * @param digestOf the digest of `textForDigest` of a record
 */
export function reconcile(
  keychain: KeychainFinding,
  file: FileFinding,
  digestOf: (record: LedgerRecord) => string,
): Reconciled {
  switch (keychain.kind) {
    case "locked":
      return { state: "STORE_LOCKED" };
    case "none":
      return { state: "STORE_NONE" };
    case "bad":
      return { state: "STATE_LOST", floor: EMPTY_LEDGER };
    case "absent":
      return file.kind === "absent" ? { state: "fresh" } : { state: "STATE_LOST", floor: EMPTY_LEDGER };
    case "good":
      return merge(keychain, file, digestOf);
  }
}

function merge(
  keychain: Extract<KeychainFinding, { kind: "good" }>,
  file: FileFinding,
  digestOf: (record: LedgerRecord) => string,
): Reconciled {
  const { digest } = keychain;
  const fileDigest = file.kind === "good" ? digestOf(file.record) : undefined;
  const ancestors =
    file.kind === "good" && (fileDigest === digest || file.ancestors.includes(digest)) && file.ancestors;
  const record = file.kind === "good" ? floorOfBoth(keychain.record, file.record) : keychain.record;
  if (!ancestors && digestOf(keychain.record) !== digest) return { state: "STATE_LOST", floor: record.head };
  const whole = digestOf(record);
  const lagging: Witness[] = [];
  if (digest !== whole) lagging.push("keychain");
  if (!ancestors || fileDigest !== whole) lagging.push("file");
  const next = [...new Set([digest, ...(ancestors || [])])].slice(0, MAX_ANCESTORS);
  return { state: "ready", record, lagging, ancestors: next };
}

function floorOfBoth(keychain: LedgerRecord, file: LedgerRecord): LedgerRecord {
  return {
    installId: keychain.installId,
    gen: Math.max(keychain.gen, file.gen),
    head: floorOf(file.head, keychain.head),
    unknown: { ...keychain.unknown, ...file.unknown },
  };
}

/** Whether two records have the same content; the number of the write does not count. */
export function hasSameContent(a: LedgerRecord, b: LedgerRecord): boolean {
  return formatRecord({ ...a, gen: 0 }) === formatRecord({ ...b, gen: 0 });
}

/**
 * The part of a record that is copied to a stick: what concerns this stick, and licenses. The local clock is left out:
 * it would cause a write to the stick at every visit.
 */
export function forStick(record: LedgerRecord, stickId: string): LedgerRecord {
  const { licenses, licenseEpoch, revocations, manifests, trustedTime } = record.head;
  const own = manifests.get(stickId);
  const head = {
    ...EMPTY_LEDGER,
    licenses,
    licenseEpoch,
    revocations,
    manifests: new Map(own ? [[stickId, own]] : []),
    trustedTime,
  };
  return { installId: record.installId, gen: record.gen, head, unknown: {} };
}

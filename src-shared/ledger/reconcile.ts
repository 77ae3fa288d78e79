import { floorOf } from "./floor.ts";
import { EMPTY_LEDGER } from "./ledger.ts";
import { formatRecord, type LedgerRecord } from "./record.ts";

/** The state of a witness. `bad`: something is there and cannot be verified. */
export type Finding =
  | { readonly kind: "absent" }
  | { readonly kind: "bad" }
  | { readonly kind: "good"; readonly record: LedgerRecord };

/** `locked`, `none`: the keychain could not be read. That never means that the entry is absent. */
export type KeychainFinding = Finding | { readonly kind: "locked" } | { readonly kind: "none" };

export type Witness = "keychain" | "file" | "stick";

/** Why the memory of this computer cannot be used. */
export type LedgerRefusal = "STORE_LOCKED" | "STORE_NONE" | "STATE_LOST";

export type Reconciled =
  | { readonly state: LedgerRefusal }
  /** Nothing was ever written here, as far as this computer can tell. */
  | { readonly state: "fresh" }
  /** The floor of all valid witnesses, and those that hold less than it. */
  | { readonly state: "ready"; readonly record: LedgerRecord; readonly lagging: readonly Witness[] };

/**
 * Combines the content of the keychain and of the sealed file into one record (docs/adr/0005-ledger-witnesses.md). The
 * keychain holds the key of every seal, so without its entry an existing file cannot be verified: the state is lost,
 * and this is not a first run. A missing or damaged file is written again from the keychain.
 * @param compact the part of a record that fits into the keychain
 */
export function reconcile(
  keychain: KeychainFinding,
  file: Finding,
  compact: (record: LedgerRecord) => LedgerRecord,
): Reconciled {
  switch (keychain.kind) {
    case "locked":
      return { state: "STORE_LOCKED" };
    case "none":
      return { state: "STORE_NONE" };
    case "bad":
      return { state: "STATE_LOST" };
    case "absent":
      return { state: file.kind === "absent" ? "fresh" : "STATE_LOST" };
    case "good":
      return merge(keychain.record, file, compact);
  }
}

function merge(
  keychain: LedgerRecord,
  file: Finding,
  compact: (record: LedgerRecord) => LedgerRecord,
): Extract<Reconciled, { state: "ready" }> {
  if (file.kind !== "good") return { state: "ready", record: keychain, lagging: ["file"] };
  const record: LedgerRecord = {
    installId: keychain.installId,
    gen: Math.max(keychain.gen, file.record.gen),
    head: floorOf(file.record.head, keychain.head),
    unknown: { ...keychain.unknown, ...file.record.unknown },
  };
  const lagging: Witness[] = [];
  if (!holdsSame(keychain, compact(record))) lagging.push("keychain");
  if (!holdsSame(file.record, record)) lagging.push("file");
  return { state: "ready", record, lagging };
}

/** Whether two records have the same content; the number of the write does not count. */
export function holdsSame(a: LedgerRecord, b: LedgerRecord): boolean {
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

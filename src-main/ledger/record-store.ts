import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { ID_LENGTH, idFromRandom } from "../../src-shared/ids.ts";
import {
  compactRecord,
  EMPTY_LEDGER,
  floorOf,
  hasSameContent,
  type LedgerHead,
  type LedgerRefusal,
  type Witness,
} from "../../src-shared/ledger/index.ts";
import { codeOf } from "../../src-shared/node/atomic-files.ts";
import { err, ok, type Result } from "../../src-shared/result.ts";
import { MIN_RECORD_BYTES } from "./formats.ts";
import type { LedgerPorts, SecretError } from "./ports.ts";
import { SEAL_KEY_BYTES } from "./seal.ts";
import { createWitnesses, digestOf, type SealedRecord } from "./witnesses.ts";
import { withWriterLock } from "./writer-lock.ts";

/** How often another data folder may move the ledger while this process waits for its turn. */
const MAX_MOVES = 3;

/** `fresh`: nothing was ever written on this computer. */
export type LedgerState = "fresh" | "ready" | LedgerRefusal;
export type CommitError = LedgerRefusal | "STATE_NOT_WRITTEN";

export type Found =
  | {
      readonly state: "ready";
      readonly current: SealedRecord;
      readonly lagging: readonly Witness[];
      readonly ancestors: readonly string[];
      readonly isKeyGone: boolean;
    }
  | { readonly state: "STATE_LOST"; readonly floor: LedgerHead }
  | { readonly state: "fresh" | SecretError };

type Place = { readonly folder: string };

/** Keychain and sealed file as one store with one writer. */
export function createRecordStore(ports: LedgerPorts) {
  const witnesses = createWitnesses(ports);
  /** Where the ledger was found last; another data folder may have moved it since. */
  let folder = ports.folder;

  async function find(known?: SealedRecord): Promise<Found & Place> {
    const { outcome, key, isKeyGone, ...place } = await witnesses.read(known);
    switch (outcome.state) {
      case "ready": {
        if (!key) return { state: "STATE_LOST", floor: outcome.record.head, ...place };
        const { record, lagging, ancestors } = outcome;
        return { state: "ready", current: { key, record, ...place }, lagging, ancestors, isKeyGone, ...place };
      }
      case "fresh": {
        const activated = await ports.wasActivated();
        if (!activated.ok) return { state: activated.error, ...place };
        return activated.value ? { state: "STATE_LOST", floor: EMPTY_LEDGER, ...place } : { state: "fresh", ...place };
      }
      default:
        return { ...outcome, ...place };
    }
  }

  /** Works on the ledger while nobody else can write it. The lock is beside the file, wherever that is now. */
  async function alone<T>(
    known: SealedRecord | undefined,
    work: (found: Found & Place) => Promise<Result<T, CommitError>>,
  ): Promise<Result<T, CommitError>> {
    for (let tries = 0; tries < MAX_MOVES; tries++) {
      const there = folder;
      try {
        await ports.files.makeFolder(there);
      } catch (error) {
        if (codeOf(error) === "") throw error;
        return err("STATE_NOT_WRITTEN");
      }
      const done = await withWriterLock(join(there, "lock"), async () => {
        const found = await find(known);
        folder = found.folder;
        return folder === there ? work(found) : undefined;
      });
      if (!done.ok) return err("STATE_NOT_WRITTEN");
      if (done.value) return done.value;
    }
    return err("STATE_NOT_WRITTEN");
  }

  /**
   * The file is written before the keychain: after a crash in between, the keychain is the one that is behind, and the
   * file names the record that the keychain has. A key that the keychain does not hold is written there first: nothing
   * could verify the file.
   */
  async function writeBoth(
    current: SealedRecord,
    ancestors: readonly string[],
    seen: LedgerHead,
    isKeyNew: boolean,
  ): Promise<Result<SealedRecord, CommitError>> {
    if (isKeyNew) {
      const withKey = await witnesses.writeKeychain(current);
      if (!withKey.ok) return withKey;
    }
    const { record } = current;
    const next = { ...current, record: { ...record, gen: record.gen + 1, head: floorOf(record.head, seen) } };
    const inFile = await witnesses.writeFile(next, ancestors);
    if (!inFile.ok) return inFile;
    const inKeychain = await witnesses.writeKeychain(next);
    return inKeychain.ok ? ok(next) : inKeychain;
  }

  /** The first record has only what fits into the keychain, which alone has it until the file is written. */
  function writeFirst(place: Place, seen: LedgerHead): Promise<Result<SealedRecord, CommitError>> {
    const first = newRecord(place, seen);
    return writeBoth(first, [digestOf(first.record)], seen, true);
  }

  return {
    /** Reads the current state. A loss is accepted only after a second reading, while nobody else can write. */
    async read(): Promise<Found> {
      const found = await find();
      folder = found.folder;
      if (found.state !== "STATE_LOST") return found;
      const again = await alone(undefined, async (second) => ok(second));
      return again.ok ? again.value : found;
    },

    /**
     * Writes the floor of what the witnesses hold and what was seen, if one of them holds less. `known` is what this
     * process knows that they held: the entry in the keychain may disappear or be damaged while the app runs.
     */
    write: (seen: LedgerHead, known: SealedRecord | undefined) =>
      alone(known, async (found) => {
        switch (found.state) {
          case "STORE_LOCKED":
          case "STORE_NONE":
          case "STATE_LOST":
            return err(found.state);
          case "fresh":
            return writeFirst(found, seen);
          case "ready": {
            const { record } = found.current;
            const isSame = hasSameContent({ ...record, head: floorOf(record.head, seen) }, record);
            if (isSame && found.lagging.length === 0) return ok(found.current);
            const written = await writeBoth(found.current, found.ancestors, seen, found.isKeyGone);
            if (written.ok) logRepairs(ports, found.lagging, written.value.record.gen);
            return written;
          }
        }
      }),

    startOver: (seen: LedgerHead) =>
      alone(undefined, async (found) => {
        const removed = await witnesses.removeFile(found.folder);
        return removed.ok ? writeFirst(found, seen) : removed;
      }),
  };
}

function logRepairs({ log }: LedgerPorts, lagging: readonly Witness[], gen: number): void {
  for (const witness of lagging) log("ledger.repaired", { witness, gen });
}

function newRecord({ folder }: Place, head: LedgerHead): SealedRecord {
  const installId = idFromRandom(randomBytes(ID_LENGTH));
  const record = compactRecord({ installId, gen: 0, head, unknown: {} }, MIN_RECORD_BYTES);
  return { key: randomBytes(SEAL_KEY_BYTES), record, folder };
}

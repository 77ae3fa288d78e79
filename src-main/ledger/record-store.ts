import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { ID_LENGTH, idFromRandom } from "../../src-shared/ids.ts";
import {
  EMPTY_LEDGER,
  floorOf,
  holdsSame,
  type LedgerHead,
  type LedgerRecord,
  type LedgerRefusal,
  type Witness,
} from "../../src-shared/ledger/index.ts";
import { codeOf } from "../../src-shared/node/atomic-files.ts";
import { err, ok, type Result } from "../../src-shared/result.ts";
import type { LedgerPorts } from "./ports.ts";
import { SEAL_KEY_BYTES, type SealKey } from "./seal.ts";
import { createWitnesses } from "./witnesses.ts";
import { withWriterLock } from "./writer-lock.ts";

/** `fresh`: nothing was ever written on this computer. */
export type LedgerState = "fresh" | "ready" | LedgerRefusal;
export type CommitError = LedgerRefusal | "STATE_NOT_WRITTEN";

/** The content of the witnesses, and the key of their seals. */
export type SealedRecord = { readonly key: SealKey; readonly record: LedgerRecord };
export type Found =
  | { readonly state: "ready"; readonly current: SealedRecord; readonly lagging: readonly Witness[] }
  | { readonly state: "fresh" | LedgerRefusal };

/** Keychain and sealed file as one store with one writer. */

export function createRecordStore(ports: LedgerPorts) {
  const witnesses = createWitnesses(ports);

  async function find(): Promise<Found> {
    const { outcome, key } = await witnesses.read();
    if (outcome.state === "ready" && key) {
      return { state: "ready", current: { key, record: outcome.record }, lagging: outcome.lagging };
    }
    if (outcome.state !== "fresh") return { state: outcome.state as LedgerRefusal };
    const activated = await ports.wasActivated();
    if (!activated.ok) return { state: activated.error };
    return { state: activated.value ? "STATE_LOST" : "fresh" };
  }

  async function alone<T>(work: () => Promise<Result<T, CommitError>>): Promise<Result<T, CommitError>> {
    try {
      await ports.files.makeFolder(ports.folder);
    } catch (error) {
      if (codeOf(error) === "") throw error;
      return err("STATE_NOT_WRITTEN");
    }
    const done = await withWriterLock(join(ports.folder, "lock"), work);
    return done.ok ? done.value : err("STATE_NOT_WRITTEN");
  }

  /**
   * The file is written before the keychain: after a crash in between, the keychain is the one that is behind, and it
   * can be repaired.
   */
  async function writeBoth(
    { key, record: base }: SealedRecord,
    seen: LedgerHead,
  ): Promise<Result<SealedRecord, CommitError>> {
    const record = { ...base, gen: base.gen + 1, head: floorOf(base.head, seen) };
    const inFile = await witnesses.writeFile(key, record);
    if (!inFile.ok) return inFile;
    const inKeychain = await witnesses.writeKeychain(key, record);
    return inKeychain.ok ? ok({ key, record }) : inKeychain;
  }

  /**
   * A key that the keychain does not hold yet is written there first: a file that nothing can verify would mean a lost
   * state.
   */
  async function writeFirst(current: SealedRecord, seen: LedgerHead): Promise<Result<SealedRecord, CommitError>> {
    const inKeychain = await witnesses.writeKeychain(current.key, current.record);
    return inKeychain.ok ? writeBoth(current, seen) : inKeychain;
  }

  return {
    /** Reads the current state. A loss is accepted only after a second reading, while nobody else can write. */
    async read(): Promise<Found> {
      const found = await find();
      if (found.state !== "STATE_LOST") return found;
      const again = await alone(async () => ok(await find()));
      return again.ok ? again.value : found;
    },

    /**
     * Writes the floor of what the witnesses hold and what was seen, if one of them holds less. `current` is what this
     * process knows that they held: the entry in the keychain may disappear or be damaged while the app runs.
     */
    write: (seen: LedgerHead, current: SealedRecord | undefined) =>
      alone(async () => {
        const found = await find();
        switch (found.state) {
          case "STORE_LOCKED":
          case "STORE_NONE":
            return err(found.state);
          case "ready": {
            const { record } = found.current;
            const isSame = holdsSame({ ...record, head: floorOf(record.head, seen) }, record);
            if (isSame && found.lagging.length === 0) return ok(found.current);
            const written = await writeBoth(found.current, seen);
            if (written.ok) logRepairs(ports, found.lagging, written.value.record.gen);
            return written;
          }
          case "fresh":
            return writeFirst(current ?? newRecord(), seen);
          case "STATE_LOST":
            return current ? writeFirst(current, seen) : err("STATE_LOST");
        }
      }),

    startOver: (seen: LedgerHead) =>
      alone(async () => {
        const removed = await witnesses.removeFile();
        return removed.ok ? writeFirst(newRecord(), seen) : removed;
      }),
  };
}

function logRepairs({ log }: LedgerPorts, lagging: readonly Witness[], gen: number): void {
  for (const witness of lagging) log("ledger.repaired", { witness, gen });
}

function newRecord(): SealedRecord {
  const installId = idFromRandom(randomBytes(ID_LENGTH));
  return { key: randomBytes(SEAL_KEY_BYTES), record: { installId, gen: 0, head: EMPTY_LEDGER, unknown: {} } };
}

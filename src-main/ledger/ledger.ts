import {
  EMPTY_LEDGER,
  floorOf,
  holdsSame,
  type LedgerHead,
  type LedgerRecord,
  raise,
  type LedgerUpdate,
} from "../../src-shared/ledger/index.ts";
import { err, ok, type Result } from "../../src-shared/result.ts";
import { createSerialQueue } from "../../src-shared/serial-queue.ts";
import type { LedgerPorts } from "./ports.ts";
import { type CommitError, createRecordStore, type SealedRecord, type LedgerState } from "./record-store.ts";
import { readCopy, type Stick, writeCopy } from "./stick-copy.ts";

/**
 * The one door for counters: what this computer remembers, in the keychain, in a sealed file and on the sticks
 * (docs/adr/0005-ledger-witnesses.md).
 */
export type Ledger = {
  /** Reads the witnesses, the first time; after a refusal again when asked to. Repairs one that lags. */
  readonly open: (options?: { readonly again: boolean }) => Promise<LedgerState>;
  /** The floor: what the witnesses hold and what this session has seen. */
  readonly head: () => LedgerHead;
  /** This install's random id; `undefined` before the first record is written. */
  readonly installId: () => string | undefined;
  /** Merges a stick's copy into the counters, before anything on that stick is judged. */
  readonly mergeStickCopy: (stick: Stick) => Promise<void>;
  /**
   * Raises the counters to what something verified has shown; never lowers one. It is remembered for this session even
   * where it cannot be written; the caller decides what follows from that.
   */
  readonly commit: (update: LedgerUpdate, stick?: Stick) => Promise<Result<undefined, CommitError>>;
  /** Writes the first record. Comes before the first device key, so that a device key proves that there was one. */
  readonly begin: () => Promise<Result<undefined, CommitError>>;
  /** Begins anew after `STATE_LOST`. The caller has replaced the device key: no license from before opens any more. */
  readonly startOver: () => Promise<Result<undefined, CommitError>>;
  /** Resolves when nothing is being written any more. */
  readonly idle: () => Promise<void>;
};

//  (not read) ─┬─▶ fresh ────── first write ─────▶ ready
//              ├──────────────────────────────────▶ ready
//              ├─▶ STORE_LOCKED, STORE_NONE ──────▶ any, when read again
//              └─▶ STATE_LOST ──── startOver ─────▶ ready
export function createLedger(ports: LedgerPorts): Ledger {
  const store = createRecordStore(ports);
  let seen = EMPTY_LEDGER;
  let current: SealedRecord | undefined;
  let state: LedgerState | undefined;
  let opening: Promise<unknown> | undefined;
  /** One reading or writing at a time in this process; the store's lock keeps other processes out. */
  const inTurn = createSerialQueue();

  function setState(next: LedgerState): void {
    if (next !== state) ports.log("ledger.opened", { state: next, gen: current?.record.gen ?? 0 });
    state = next;
  }

  function setRecord(next: SealedRecord): void {
    current = next;
    seen = floorOf(next.record.head, seen);
    setState("ready");
  }

  async function readAll(): Promise<void> {
    const found = await store.read();
    if (found.state !== "ready") return setState(found.state);
    setRecord(found.current);
    if (found.lagging.length > 0) await write();
  }

  async function write(): Promise<Result<undefined, CommitError>> {
    const written = await store.write(seen, current);
    if (written.ok) setRecord(written.value);
    else ports.log("ledger.not-written", { code: written.error });
    return written.ok ? ok(undefined) : written;
  }

  async function open({ again } = { again: false }): Promise<LedgerState> {
    const isRefused = state !== undefined && state !== "ready" && state !== "fresh";
    if (!opening || (again && isRefused)) opening = inTurn(readAll);
    await opening;
    return state as LedgerState;
  }

  async function writeIfNewer(): Promise<Result<undefined, CommitError>> {
    const opened = await open();
    if (opened !== "ready" && opened !== "fresh") return err(opened);
    return inTurn(async () => (current && isCovered(seen, current.record) ? ok(undefined) : write()));
  }

  async function copyTo(stick: Stick): Promise<void> {
    const copied = current ? await writeCopy(ports.files, stick, current) : ok(undefined);
    if (!copied.ok) ports.log("ledger.no-copy", { code: copied.error });
  }

  return {
    open,
    head: () => seen,
    installId: () => current?.record.installId,
    async mergeStickCopy(stick) {
      if ((await open()) !== "ready") return;
      await inTurn(async () => {
        const copy = current && (await readCopy(stick, current.record.installId, current.key));
        if (!current || !copy || isCovered(copy.head, current.record)) return;
        // Both witnesses of this computer know less than the stick: they were set back to an earlier day.
        seen = floorOf(seen, copy.head);
        const written = await write();
        if (written.ok) ports.log("ledger.raised-by-stick", { gen: current.record.gen });
      });
    },
    async commit(update, stick) {
      await open();
      seen = raise(seen, update);
      const committed = await writeIfNewer();
      // Last, and nobody waits for it: a slow stick must not hold up the film.
      if (committed.ok && stick) void inTurn(() => copyTo(stick));
      return committed;
    },
    async begin() {
      await open({ again: true });
      return writeIfNewer();
    },
    startOver: () =>
      inTurn(async () => {
        if (state !== "STATE_LOST") return ok(undefined);
        const started = await store.startOver(seen);
        if (!started.ok) return started;
        setRecord(started.value);
        ports.log("ledger.started-over", { gen: started.value.record.gen });
        return ok(undefined);
      }),
    async idle() {
      await inTurn(async () => undefined);
    },
  };
}

/** Whether a record already holds all that a head does. */
function isCovered(head: LedgerHead, record: LedgerRecord): boolean {
  return holdsSame({ ...record, head: floorOf(record.head, head) }, record);
}

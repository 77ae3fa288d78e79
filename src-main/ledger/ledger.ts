import {
  EMPTY_LEDGER,
  floorOf,
  hasSameContent,
  type LedgerHead,
  type LedgerRecord,
  raise,
  type LedgerUpdate,
} from "../../src-shared/ledger/index.ts";
import { err, ok, type Result } from "../../src-shared/result.ts";
import { createSerialQueue } from "../../src-shared/serial-queue.ts";
import type { LedgerPorts } from "./ports.ts";
import { type CommitError, createRecordStore, type LedgerState } from "./record-store.ts";
import { readCopy, type Stick, writeCopy } from "./stick-copy.ts";
import type { SealedRecord } from "./witnesses.ts";

/**
 * The only access to counters: what this computer remembers, in the keychain, in a sealed file and on the sticks
 * (docs/adr/0005-ledger-witnesses.md).
 */
export type Ledger = {
  /**
   * Reads the witnesses at the first call, and after a refusal again when requested. Repairs a witness that is behind.
   */
  readonly open: (options?: { readonly again: boolean }) => Promise<LedgerState>;
  /** The floor: the highest of what the witnesses hold and what this session has seen. */
  readonly head: () => LedgerHead;
  /** The random id of this installation; `undefined` before the first record is written. */
  readonly installId: () => string | undefined;
  /** Merges a stick's copy into the counters. Must happen before anything on that stick is evaluated. */
  readonly mergeStickCopy: (stick: Stick) => Promise<void>;
  /**
   * Raises the counters to what a verified document has shown; never lowers one. Even if they cannot be written, they
   * are remembered for this session; the caller decides what follows from that.
   */
  readonly commit: (update: LedgerUpdate, stick?: Stick) => Promise<Result<undefined, CommitError>>;
  /**
   * Writes the first record. Must happen before the first device key is made, so that an existing device key proves
   * that there was a record.
   */
  readonly begin: () => Promise<Result<undefined, CommitError>>;
  /** Starts over after `STATE_LOST`. The caller has replaced the device key: licenses from before no longer open. */
  readonly startOver: () => Promise<Result<undefined, CommitError>>;
  /** Resolves when no write is in progress. */
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
  /** One read or write at a time in this process; the lock of the store keeps other processes out. */
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
    // What is left of a lost ledger still counts, and the next one begins with it.
    if (found.state === "STATE_LOST") seen = floorOf(seen, found.floor);
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
        // Both witnesses of this computer know less than the stick: they were restored to an older state.
        seen = floorOf(seen, copy.head);
        const written = await write();
        if (written.ok) ports.log("ledger.raised-by-stick", { gen: current.record.gen });
      });
    },
    async commit(update, stick) {
      await open();
      seen = raise(seen, update);
      const committed = await writeIfNewer();
      // Done last and not awaited: a slow stick must not delay the film.
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

/** Whether a record already contains everything that a head contains. */
function isCovered(head: LedgerHead, record: LedgerRecord): boolean {
  return hasSameContent({ ...record, head: floorOf(record.head, head) }, record);
}

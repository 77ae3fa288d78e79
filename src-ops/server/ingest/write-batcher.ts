import type { NormalizedEvent, StoreCounts } from "../../gates/index.ts";
import type { RingStore } from "../store/index.ts";
import type { UnixMs } from "../../../src-shared/units.ts";

type Waiting = {
  readonly events: readonly NormalizedEvent[];
  readonly settle: (counts: StoreCounts) => void;
  readonly fail: (error: unknown) => void;
};

const MAX_BATCHES = 100;
// A transaction in SQLite blocks the server, and one in PostgreSQL holds a lock that all servers need.
const MAX_EVENTS = 1_000;

/**
 * Writes batches that arrive together in one transaction, because a sync to disk costs the same for a hundred batches as
 * for one. Each sender gets its response only after its batch is on disk.
 */
export function createWriteBatcher(store: Pick<RingStore, "takeAll">, now: () => UnixMs) {
  const waiting: Waiting[] = [];
  let isScheduled = false;

  async function commit(): Promise<void> {
    const batches = waiting.splice(0, sizeOfNext(waiting));
    try {
      const counts = await store.takeAll(
        batches.map(({ events }) => events),
        now(),
      );
      for (const [index, { settle }] of batches.entries()) settle(counts[index] as StoreCounts);
    } catch (error) {
      for (const { fail } of batches) fail(error);
    }
    isScheduled = false;
    if (waiting.length > 0) schedule();
  }

  function schedule(): void {
    if (isScheduled) return;
    isScheduled = true;
    setImmediate(() => void commit());
  }

  return {
    /** Resolves once the batch is on disk. Rejects with the database's error if nothing of it was stored. */
    write: (events: readonly NormalizedEvent[]) =>
      new Promise<StoreCounts>((settle, fail) => {
        waiting.push({ events, settle, fail });
        schedule();
      }),
  };
}

/** How many of the waiting batches go into the next transaction: as many as fit, and at least one. */
function sizeOfNext(waiting: readonly Waiting[]): number {
  let events = 0;
  const end = waiting.findIndex((batch) => (events += batch.events.length) > MAX_EVENTS);
  return Math.min(MAX_BATCHES, end === -1 ? waiting.length : Math.max(end, 1));
}

export type WriteBatcher = ReturnType<typeof createWriteBatcher>;

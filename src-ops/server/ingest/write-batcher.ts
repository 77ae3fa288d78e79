import type { NormalizedEvent, StoreCounts } from "../../gates/index.ts";
import type { RingStore } from "../store/index.ts";
import type { UnixMs } from "../../../src-shared/units.ts";

type Waiting = {
  readonly events: readonly NormalizedEvent[];
  readonly settle: (counts: StoreCounts) => void;
  readonly fail: (error: unknown) => void;
};

const MAX_BATCHES = 100;

/**
 * Writes batches that arrive together in one transaction, because a sync to disk costs the same for a hundred batches as
 * for one. Each sender gets its response only after its batch is on disk.
 */
export function createWriteBatcher(store: Pick<RingStore, "takeAll">, now: () => UnixMs) {
  const waiting: Waiting[] = [];
  let isScheduled = false;

  async function commit(): Promise<void> {
    const batches = waiting.splice(0, MAX_BATCHES);
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
export type WriteBatcher = ReturnType<typeof createWriteBatcher>;

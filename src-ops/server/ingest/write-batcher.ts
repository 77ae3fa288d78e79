import type { NormalizedEvent, StoreCounts } from "../../gates/index.ts";
import type { RingStore } from "../store/index.ts";
import type { UnixMs } from "../../../src-shared/units.ts";

type Waiting = {
  readonly events: readonly NormalizedEvent[];
  readonly settle: (taken: StoreCounts) => void;
  readonly fail: (error: unknown) => void;
};

const MOST_AT_ONCE = 100;

/**
 * Writes batches that arrive together in one transaction: a sync to disk costs as much for a hundred as for one. Nobody
 * is answered before theirs is on disk.
 */
export function createWriteBatcher(store: Pick<RingStore, "takeAll">, now: () => UnixMs) {
  const waiting: Waiting[] = [];
  let isDue = false;

  async function commit(): Promise<void> {
    const together = waiting.splice(0, MOST_AT_ONCE);
    try {
      const taken = await store.takeAll(
        together.map(({ events }) => events),
        now(),
      );
      for (const [index, { settle }] of together.entries()) settle(taken[index] as StoreCounts);
    } catch (error) {
      for (const { fail } of together) fail(error);
    }
    isDue = false;
    if (waiting.length > 0) plan();
  }

  function plan(): void {
    if (isDue) return;
    isDue = true;
    setImmediate(() => void commit());
  }

  return {
    /** Rejects with the disk's error: nothing of the batch was kept. */
    take: (events: readonly NormalizedEvent[]) =>
      new Promise<StoreCounts>((settle, fail) => {
        waiting.push({ events, settle, fail });
        plan();
      }),
  };
}
export type WriteBatcher = ReturnType<typeof createWriteBatcher>;

import type { NormalizedEvent, StoreCounts } from "../../../src-ops/gates/index.ts";
import type { RingStore } from "../../../src-ops/server/store/ring-store.ts";

/** Stores events in a ring server's store as one batch. */
export async function storeEvents(
  store: Pick<RingStore, "takeAll">,
  events: readonly NormalizedEvent[],
): Promise<StoreCounts> {
  const [counts] = await store.takeAll([events], 0);
  return counts as StoreCounts;
}

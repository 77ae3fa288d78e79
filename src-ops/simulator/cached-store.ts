import type { createMemoryStore } from "./memory-store.ts";

type MemoryStore = ReturnType<typeof createMemoryStore>;

/** Reads the same as the store, without adding up again what has not changed since the last look. */
export function withCache(store: MemoryStore): MemoryStore {
  // By version, then by what was asked.
  const reads = new Map<string, Map<string, unknown>>();
  const versionsBefore = new Map<string, Map<string, unknown>>();

  /** Forgets what was read of a version, and which one was the most used of the others. */
  function forget(version: string): void {
    reads.get(version)?.clear();
    for (const [other, known] of versionsBefore) if (other !== version) known.clear();
  }

  return {
    ...store,
    async take(events) {
      const counts = await store.take(events);
      for (const { version, event } of events) if (event.kind === "session") forget(version);
      return counts;
    },
    async erase(machine) {
      await store.erase(machine);
      reads.clear();
      versionsBefore.clear();
    },
    days: (ring, version, from) =>
      cached(reads, version, `days ${ring} ${from}`, () => store.days(ring, version, from)),
    durations: (ring, version, from, to) =>
      cached(reads, version, `durations ${ring} ${from} ${to}`, () => store.durations(ring, version, from, to)),
    versionBefore: (ring, version, from, to) =>
      cached(versionsBefore, version, `${ring} ${from} ${to}`, () => store.versionBefore(ring, version, from, to)),
  };
}

async function cached<T>(
  cache: Map<string, Map<string, unknown>>,
  version: string,
  asked: string,
  read: () => Promise<T>,
): Promise<T> {
  let known = cache.get(version);
  if (!known) cache.set(version, (known = new Map()));
  if (!known.has(asked)) known.set(asked, await read());
  return known.get(asked) as T;
}

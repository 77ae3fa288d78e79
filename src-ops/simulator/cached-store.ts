import type { createMemoryStore } from "./memory-store.ts";

type MemoryStore = ReturnType<typeof createMemoryStore>;

/** Reads the same as the store, without adding up again what has not changed since the last look. */
export function withCache(store: MemoryStore): MemoryStore {
  const caches = { days: new Map<string, unknown>(), durations: new Map<string, unknown>() };
  const versionsBefore = new Map<string, string | undefined>();

  /** Forgets what was read of a version, and which one was the most used of the others. */
  function forget(version: string): void {
    for (const cache of Object.values(caches)) {
      for (const key of cache.keys()) if (key.startsWith(`${version} `)) cache.delete(key);
    }
    for (const key of versionsBefore.keys()) if (!key.startsWith(`${version} `)) versionsBefore.delete(key);
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
      for (const cache of [caches.days, caches.durations, versionsBefore]) cache.clear();
    },
    days: (ring, version, from) =>
      cached(caches.days, `${version} ${ring} ${from}`, () => store.days(ring, version, from)),
    durations: (ring, version, from, to) =>
      cached(caches.durations, `${version} ${ring} ${from} ${to}`, () => store.durations(ring, version, from, to)),
    versionBefore: (ring, version, from, to) =>
      cached(versionsBefore, `${version} ${ring} ${from} ${to}`, () => store.versionBefore(ring, version, from, to)),
  };
}

async function cached<T>(cache: Map<string, unknown>, key: string, read: () => Promise<T>): Promise<T> {
  if (!cache.has(key)) cache.set(key, await read());
  return cache.get(key) as T;
}

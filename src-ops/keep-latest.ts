/**
 * Caches the latest result for as long as its key stays the same. Concurrent callers with the same key share one
 * computation. A result for which `isCacheable` is false is returned, and computed again for the next caller.
 */
export function keepLatest<Key, Value>(
  isSame: (cached: Key, requested: Key) => boolean,
  isCacheable: (value: Value) => boolean,
): (key: Key, make: () => Promise<Value>) => Promise<Value> {
  let latest: { readonly key: Key; readonly value: Promise<Value> } | undefined;

  return async (key, make) => {
    if (latest && isSame(latest.key, key)) return latest.value;
    const made = { key, value: make() };
    latest = made;
    let isCached = false;
    try {
      const value = await made.value;
      isCached = isCacheable(value);
      return value;
    } finally {
      if (!isCached && latest === made) latest = undefined;
    }
  };
}

/**
 * Keeps the last result for as long as its key stays the same. Whoever asks while it is being made gets the same one. A
 * result that is not worth keeping is made again for the next who asks.
 */
export function keepLatest<Key, Value>(
  isSame: (kept: Key, asked: Key) => boolean,
  isWorthKeeping: (value: Value) => boolean,
): (key: Key, make: () => Promise<Value>) => Promise<Value> {
  let latest: { readonly key: Key; readonly value: Promise<Value> } | undefined;

  return async (key, make) => {
    if (latest && isSame(latest.key, key)) return latest.value;
    const made = { key, value: make() };
    latest = made;
    let isKept = false;
    try {
      const value = await made.value;
      isKept = isWorthKeeping(value);
      return value;
    } finally {
      if (!isKept && latest === made) latest = undefined;
    }
  };
}

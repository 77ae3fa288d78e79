// Edits of a list that never holds the same thing twice. Each returns a new list, or the same one where nothing changes.

/** The list with its member at `from` moved to the place `to`. */
export function moved<T>(list: readonly T[], from: number, to: number): readonly T[] {
  const member = list[from];
  const place = Math.max(0, Math.min(to, list.length - 1));
  if (member === undefined || place === from) return list;
  const others = list.toSpliced(from, 1);
  return others.toSpliced(place, 0, member);
}

/** Puts an id first, wherever it was. */
export function withFirst(ids: readonly string[], id: string): readonly string[] {
  return [id, ...without(ids, id)];
}

/** Puts an id last if it is not in the list yet. */
export function withLast(ids: readonly string[], id: string): readonly string[] {
  return ids.includes(id) ? ids : [...ids, id];
}

export function without(ids: readonly string[], id: string): readonly string[] {
  return ids.includes(id) ? ids.filter((one) => one !== id) : ids;
}

/** Puts an id back where it was before it was removed. */
export function withBack(ids: readonly string[], id: string, place: number): readonly string[] {
  return ids.includes(id) ? ids : ids.toSpliced(place, 0, id);
}

import type { NormalizedEvent, StoreCounts } from "../../gates/index.ts";

/** The key and the id of a stored event. Both are unique. */
export type StoredKey = {
  readonly machine: string;
  readonly session: string;
  readonly seq: number;
  readonly id: string;
};

/**
 * How many events other than states a session may have: a session of the app has a few. The search for a neighbouring state
 * walks over them.
 */
export const MAX_OTHERS = 500;

/** How many events other than states a session of a computer has in the database. */
export type OthersInSession = { readonly machine: string; readonly session: string; readonly others: number };

/**
 * Decides which events of several batches are new, in their order, and counts the outcomes of each batch.
 *
 * @param stored every stored event that has the key or the id of one of these events
 * @param sessions the sessions of these events that have events other than states in the database
 */
export function admit(
  batches: readonly (readonly NormalizedEvent[])[],
  stored: readonly StoredKey[],
  sessions: readonly OthersInSession[],
): { readonly counts: readonly StoreCounts[]; readonly fresh: readonly NormalizedEvent[] } {
  const keys = new Map(stored.map((one) => [keyOf(one), one.id]));
  const ids = new Set(stored.map(({ machine, id }) => `${machine} ${id}`));
  const others = new Map(sessions.map((one) => [sessionOf(one), one.others]));
  const fresh: NormalizedEvent[] = [];

  function admitOne(normalized: NormalizedEvent): keyof StoreCounts {
    const { machine, event } = normalized;
    const key = keyOf({ machine, session: event.session, seq: event.seq });
    const known = keys.get(key);
    if (known !== undefined) return known === event.id ? "duplicates" : "conflicting";
    const id = `${machine} ${event.id}`;
    if (ids.has(id)) return "conflicting";
    if (event.kind !== "session") {
      const session = sessionOf({ machine, session: event.session });
      const count = others.get(session) ?? 0;
      if (count >= MAX_OTHERS) return "conflicting";
      others.set(session, count + 1);
    }
    keys.set(key, event.id);
    ids.add(id);
    fresh.push(normalized);
    return "taken";
  }

  const counts = batches.map((events) => {
    const ofBatch = { taken: 0, duplicates: 0, conflicting: 0 };
    for (const event of events) ofBatch[admitOne(event)]++;
    return ofBatch;
  });
  return { counts, fresh };
}

const sessionOf = ({ machine, session }: Pick<StoredKey, "machine" | "session">) => `${machine} ${session}`;
const keyOf = ({ machine, session, seq }: Omit<StoredKey, "id">) => `${machine} ${session} ${seq}`;

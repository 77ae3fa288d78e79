import type { PlacedEvent, Taken } from "../../gates/index.ts";

/** A place that an event holds already: nothing comes in its stead, and its id is nowhere else. */
export type HeldPlace = {
  readonly machine: string;
  readonly session: string;
  readonly seq: number;
  readonly id: string;
};

/**
 * Which events of several batches are new, one after the other in their order, and what became of each batch.
 *
 * @param held every place of these events, and of their ids, that the database knows
 */
export function admit(
  batches: readonly (readonly PlacedEvent[])[],
  held: readonly HeldPlace[],
): { readonly taken: readonly Taken[]; readonly fresh: readonly PlacedEvent[] } {
  const places = new Map(held.map((one) => [placeOf(one), one.id]));
  const ids = new Set(held.map(({ machine, id }) => `${machine} ${id}`));
  const fresh: PlacedEvent[] = [];

  function admitOne(placed: PlacedEvent): keyof Taken {
    const { machine, event } = placed;
    const place = placeOf({ machine, session: event.session, seq: event.seq });
    const known = places.get(place);
    if (known !== undefined) return known === event.id ? "duplicates" : "conflicting";
    const id = `${machine} ${event.id}`;
    if (ids.has(id)) return "conflicting";
    places.set(place, event.id);
    ids.add(id);
    fresh.push(placed);
    return "taken";
  }

  const taken = batches.map((events) => {
    const counts = { taken: 0, duplicates: 0, conflicting: 0 };
    for (const event of events) counts[admitOne(event)]++;
    return counts;
  });
  return { taken, fresh };
}

const placeOf = ({ machine, session, seq }: Omit<HeldPlace, "id">) => `${machine} ${session} ${seq}`;

import { describe, expect, it } from "vitest";
import { NO_COUNTS } from "../../../src-shared/rings/index.ts";
import { openSqliteStore } from "../../../src-ops/rings/store/sqlite-store.ts";
import { HOUR_MS, SINCE } from "../../shared/rings/facts.ts";
import { MACHINES, placedState, placedStep, RELEASE, stateOf } from "../../shared/rings/placed.ts";
import { eventStoreContract } from "../../shared/rings/store-contract.ts";

eventStoreContract("a store in SQLite", () => openSqliteStore(":memory:"));

const failure = { kind: "operation", operation: "play", succeeded: false } as const;
const [FIRST, SECOND] = MACHINES as [string, string];

function filled() {
  const store = openSqliteStore(":memory:");
  for (const machine of MACHINES) store.enrol(machine, "ring0");
  for (const machine of [FIRST, SECOND]) {
    const where = (seq: number) => ({ machine, session: machine, seq, at: SINCE + seq * HOUR_MS });
    const late = placedState(where(2), stateOf("0.2.0", [failure, failure]));
    store.take([placedState(where(3), stateOf("0.2.0", [failure, failure, failure])), placedStep(where(4), "healthy")]);
    store.take([late]);
  }
  const everything = () => ({
    totals: store.totals("ring0", "0.2.0", SINCE),
    machines: store.machines(RELEASE, SINCE),
    windows: store.windows("ring0", "0.2.0", SINCE),
  });
  return { store, everything };
}

describe("a store in SQLite", () => {
  it("makes the same aggregates again from raw events", () => {
    const { store, everything } = filled();
    const before = everything();
    store.database.exec("UPDATE slots SET failed = 0; DELETE FROM machine_days; UPDATE steps SET at = 0");
    expect(everything()).not.toEqual(before);
    expect(store.rebuild()).toEqual({ events: 6 });
    expect(everything()).toEqual(before);
    store.close();
  });

  it("forgets a computer and all that it added, and counts it as silent from then on", () => {
    const { store, everything } = filled();
    expect(store.erase(FIRST, 1)).toEqual({ events: 3 });
    expect(everything().totals).toMatchObject({ failed: 3, operations: 3 });
    const gone = everything().machines.find(({ machine }) => machine === FIRST);
    expect(gone).toMatchObject({ operations: 0, lastAt: undefined, steps: {} });
    const incremental = everything();
    store.rebuild();
    expect(everything().totals).toEqual(incremental.totals);
    store.erase(SECOND, 1);
    expect(everything().totals).toEqual(NO_COUNTS);
    store.close();
  });

  it("fulfils a wish to be forgotten once, however often it is repeated", () => {
    const { store } = filled();
    expect(store.erase(FIRST, 5).events).toBe(3);
    store.take([placedState({ session: "later", seq: 1, at: SINCE }, stateOf("0.2.0", [failure]))]);
    expect(store.erase(FIRST, 5).events).toBe(0);
    expect(store.erase(FIRST, 4).events).toBe(0);
    expect(store.erase(FIRST, 6).events).toBe(1);
    store.close();
  });

  it("keeps nothing of a transaction that fails", () => {
    const { store, everything } = filled();
    const before = everything();
    store.database.exec("CREATE TRIGGER full BEFORE INSERT ON slots BEGIN SELECT raise(ABORT, 'disk full'); END");
    const more = placedState({ session: "more", seq: 1, at: SINCE }, stateOf("0.2.0", [failure]));
    expect(() => store.take([more])).toThrow("disk full");
    store.database.exec("DROP TRIGGER full");
    expect(everything()).toEqual(before);
    // What came in vain is no state to count from.
    const next = placedState({ session: "more", seq: 2, at: SINCE }, stateOf("0.2.0", [failure, failure]));
    store.take([next]);
    expect(everything().totals.failed).toBe(before.totals.failed + 2);
    expect(store.take([more])).toEqual({ taken: 1, duplicates: 0, conflicting: 0 });
    expect(everything().totals.failed).toBe(before.totals.failed + 2);
    store.close();
  });
});

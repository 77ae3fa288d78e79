import { describe, expect, it } from "vitest";
import { openSqliteStore } from "../../../src-ops/server/store/sqlite-store.ts";
import { SINCE } from "../gates/facts.ts";
import { normalizedState, stateOf } from "../gates/normalized-events.ts";
import { ringStoreContract } from "./ring-store-contract.ts";
import { storeEvents } from "./store-events.ts";

ringStoreContract("a store in SQLite", async () => {
  const store = openSqliteStore(":memory:");
  const exec = async (sql: string) => store.database.exec(sql);
  return {
    store,
    exec,
    async refuse({ table, column, value }) {
      const which = column === undefined ? "" : `WHEN NEW.${column} = '${value}'`;
      await exec(`CREATE TRIGGER refused BEFORE INSERT ON ${table} ${which} BEGIN SELECT raise(ABORT, 'refused'); END`);
      return () => exec("DROP TRIGGER refused");
    },
  };
});

const failures = (count: number) =>
  Array.from({ length: count }, () => ({ kind: "operation", operation: "play", succeeded: false }) as const);

describe("a store in SQLite", () => {
  it("stores nothing of a failed transaction", async () => {
    const store = openSqliteStore(":memory:");
    const failed = async () => (await store.totals("ring0", "0.2.0", SINCE)).failed;
    const state = (seq: number) =>
      normalizedState({ session: "more", seq, at: SINCE }, stateOf("0.2.0", failures(seq)));
    store.database.exec("CREATE TRIGGER full BEFORE INSERT ON slots BEGIN SELECT raise(ABORT, 'disk full'); END");
    await expect(storeEvents(store, [state(1)])).rejects.toThrow("disk full");
    store.database.exec("DROP TRIGGER full");
    expect(await failed()).toBe(0);
    // The state that was not stored must not be counted from.
    await storeEvents(store, [state(2)]);
    expect(await failed()).toBe(2);
    expect(await storeEvents(store, [state(1)])).toEqual({ taken: 1, duplicates: 0, conflicting: 0 });
    expect(await failed()).toBe(2);
    await store.close();
  });
});

import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, it } from "vitest";
import { openRingStore } from "../../../src-ops/server/store/index.ts";
import { openSqliteStore } from "../../../src-ops/server/store/sqlite-store.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";
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

describe("a database of another version", () => {
  const LINE = "INSERT INTO decisions VALUES (0, 'kept')";
  /** A database whose program had this version. */
  function databaseOf(version: number) {
    const data = temporaryFolder();
    const path = join(data, "ring.sqlite");
    const store = openSqliteStore(path);
    store.database.exec(`${LINE}; PRAGMA user_version = ${version}`);
    store.database.close();
    return { data, path };
  }
  function versionOf(path: string): unknown {
    const database = new DatabaseSync(path, { readOnly: true });
    const version = database.prepare("PRAGMA user_version").get()?.["user_version"];
    database.close();
    return version;
  }

  it("is copied before it is migrated, and the first copy stays", async () => {
    const { data, path } = databaseOf(0);
    const copy = join(data, "backups", "before-version-1.sqlite");
    for (let turn = 0; turn < 2; turn++) {
      const opened = await openRingStore({ data }, "create");
      if (!opened.ok) throw new Error(opened.error.message);
      expect(await opened.value.decisions.all()).toEqual([{ n: 0, line: "kept" }]);
      await opened.value.close();
      expect([versionOf(path), versionOf(copy)]).toEqual([1, 0]);
    }
    expect(readdirSync(join(data, "backups"))).toEqual(["before-version-1.sqlite"]);
  });

  it("is not migrated when the copy cannot be made", async () => {
    const { data, path } = databaseOf(0);
    writeFileSync(join(data, "backups"), "a file is in the way");
    await expect(openRingStore({ data }, "create")).rejects.toThrow("EEXIST");
    expect(versionOf(path)).toBe(0);
  });

  it("is refused unchanged if a newer program has created it", async () => {
    const { data, path } = databaseOf(99);
    expect(await openRingStore({ data }, "create")).toMatchObject({ ok: false, error: { code: "DATABASE_NEWER" } });
    expect([versionOf(path), existsSync(join(data, "backups"))]).toEqual([99, false]);
  });

  it("has no copy when it is new, or an empty file", async () => {
    const data = temporaryFolder();
    writeFileSync(join(data, "ring.sqlite"), "");
    for (const folder of [data, join(data, "new")]) {
      const opened = await openRingStore({ data: folder }, "create");
      if (opened.ok) await opened.value.close();
      expect([opened.ok, existsSync(join(folder, "backups"))]).toEqual([true, false]);
    }
  });
});

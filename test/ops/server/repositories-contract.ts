import { expect, it } from "vitest";
import type { AccountRecord, IncidentRecord } from "../../../src-ops/server/store/ring-store.ts";
import { MACHINES } from "../gates/normalized-events.ts";
import type { OpenedStore } from "./opened-store.ts";

const [FIRST, SECOND] = MACHINES as [string, string];

const ANN: AccountRecord = { name: "ann", role: "viewer", salt: "s", hash: "h" };
const BOB: AccountRecord = { name: "bob", role: "viewer", salt: "t", hash: "i" };

/** The contract of a store for everything but events, for both databases. */
export function repositoriesContract(open: () => Promise<OpenedStore>): void {
  it("stores the ring of a computer, and refuses a computer whose enrolment has ended", async () => {
    const { store } = await open();
    expect(await store.ringOf(FIRST)).toBeUndefined();
    expect(await store.recordEnrolment(FIRST, "ring0", 1)).toBe("ring0");
    expect(await store.recordEnrolment(FIRST, "ring1", 2)).toBe("ring1");
    await store.unenrol(FIRST);
    expect(await store.recordEnrolment(FIRST, "ring1", 3)).toBe("ended");
    expect(await store.ringOf(FIRST)).toBe("ended");
    await store.enrol(FIRST, "ga");
    expect(await store.ringOf(FIRST)).toBe("ga");
  });

  it("ignores an enrolment that is older than a stored one or than the register", async () => {
    const { store } = await open();
    await store.recordEnrolment(FIRST, "ring1", 20);
    expect(await store.recordEnrolment(FIRST, "ring0", 10)).toBe("ring1");
    expect(await store.recordEnrolment(FIRST, "ga", 30)).toBe("ga");
    await store.enrol(FIRST, "ring1", 40);
    expect(await store.recordEnrolment(FIRST, "ring0", 35)).toBe("ring1");
    expect(await store.recordEnrolment(FIRST, "ring0", 41)).toBe("ring0");
    const rings = await Promise.all([
      store.recordEnrolment(FIRST, "ga", 60),
      store.recordEnrolment(FIRST, "ring1", 50),
      store.recordEnrolment(FIRST, "ring0", 45),
    ]);
    expect(rings).toContain("ga");
    expect(await store.ringOf(FIRST)).toBe("ga");
  });

  it("stores nothing of an enrolment that fails half-way", async () => {
    const { store, refuse } = await open();
    await store.recordEnrolment(FIRST, "ring0", 10);
    const allow = await refuse({ table: "machines" });
    await expect(store.enrol(FIRST, "ring1", 50)).rejects.toThrow();
    await expect(store.recordEnrolment(FIRST, "ring1", 40)).rejects.toThrow();
    await allow();
    // If the issue time had been stored, this enrolment would be the older one.
    expect(await store.recordEnrolment(FIRST, "ring1", 20)).toBe("ring1");
  });

  it("ends an enrolment whatever arrives at the same time, even of an unknown computer", async () => {
    const { store } = await open();
    await store.unenrol(SECOND);
    expect(await store.ringOf(SECOND)).toBe("ended");
    for (let issued = 1; issued <= 10; issued++) {
      await store.enrol(FIRST, "ring0", issued * 10);
      await Promise.all([
        store.recordEnrolment(FIRST, "ring1", issued * 10 + 1),
        store.unenrol(FIRST),
        store.recordEnrolment(FIRST, "ga", issued * 10 + 2),
      ]);
      expect(await store.ringOf(FIRST)).toBe("ended");
    }
  });

  it("adds the lines of the log in sequence, even if several are written at once", async () => {
    const { store } = await open();
    const next = (last: { n: number; line: string } | undefined) => {
      const n = last ? last.n + 1 : 0;
      return { n, line: `${last?.line ?? ""}${n}` };
    };
    await Promise.all(Array.from({ length: 5 }, () => store.decisions.append(next)));
    const expected = ["0", "01", "012", "0123", "01234"].map((line, n) => ({ n, line }));
    expect(await store.decisions.all()).toEqual(expected);
  });

  it("adds no line if the database refuses it or its text cannot be created", async () => {
    const { store, refuse } = await open();
    const allow = await refuse({ table: "decisions" });
    await expect(store.decisions.append(() => ({ n: 0, line: "refused" }))).rejects.toThrow();
    await allow();
    const bug = () => {
      throw new Error("no text");
    };
    await expect(store.decisions.append(bug)).rejects.toThrow("no text");
    expect(await store.decisions.all()).toEqual([]);
    await store.decisions.append((last) => ({ n: last ? last.n + 1 : 0, line: "first" }));
    expect(await store.decisions.all()).toEqual([{ n: 0, line: "first" }]);
  });

  it("returns the last line of the log and its length", async () => {
    const { decisions } = (await open()).store;
    expect(await decisions.end()).toEqual({ count: 0, last: undefined });
    for (const line of ["a", "b"]) await decisions.append((last) => ({ n: last ? last.n + 1 : 7, line }));
    expect(await decisions.end()).toEqual({ count: 2, last: { n: 8, line: "b" } });
  });

  it("stores an incident until it is resolved, and opens it again afterwards", async () => {
    const { incidents } = (await open()).store;
    const crash = { id: "ring0-crash-1", kind: "crash", ring: "ring0", version: "0.2.0", detail: "1" } as const;
    const stored: IncidentRecord = { ...crash, openedAt: 5, alertsSent: 0, acknowledgedAt: null, resolvedAt: null };
    await incidents.upsert([crash], 5);
    await incidents.setAlertsSent(crash.id, 1);
    await incidents.upsert([{ ...crash, detail: "2" }], 6);
    expect(await incidents.open()).toEqual([{ ...stored, alertsSent: 1, detail: "2" }]);
    expect([await incidents.acknowledge(crash.id, 7), await incidents.acknowledge(crash.id, 8)]).toEqual([true, false]);
    expect(await incidents.open()).toMatchObject([{ acknowledgedAt: 7 }]);
    await incidents.resolve(crash.id, 9);
    expect(await incidents.open()).toEqual([]);
    await incidents.upsert([crash], 10);
    expect(await incidents.open()).toEqual([{ ...stored, openedAt: 10 }]);
  });

  it("stores the deliveries of an alert until its incident is resolved", async () => {
    const { incidents, deliveries } = (await open()).store;
    const about = (id: string) => ({ id, kind: "crash", ring: "ring0", version: "0.2.0", detail: "1" }) as const;
    await incidents.upsert([about("a"), about("b")], 5);
    const first = { incident: "a", alert: 1, recipient: "r", state: "failed", tries: 1, nextAt: 60 } as const;
    const other = { ...first, incident: "b", state: "sent" } as const;
    for (const one of [other, first, { ...first, recipient: "q" }]) await deliveries.put(one);
    await deliveries.put({ ...first, state: "deferred", tries: 2, nextAt: 90 });
    const second = { ...first, state: "deferred", tries: 2, nextAt: 90 };
    expect(await deliveries.all()).toEqual([{ ...first, recipient: "q" }, second, other]);
    await incidents.resolve("a", 9);
    expect(await deliveries.all()).toEqual([other]);
  });

  it("stores the last note of each name", async () => {
    const { notes } = (await open()).store;
    expect(await notes.get("alerting")).toBeUndefined();
    for (const at of [5, 6]) await notes.put("alerting", `text ${at}`, at);
    expect(await notes.get("alerting")).toEqual({ text: "text 6", at: 6 });
  });

  it("stores all incidents of an evaluation or none, and a concurrent acknowledgement", async () => {
    const { store, refuse } = await open();
    const { incidents } = store;
    const about = (id: string, detail: string) =>
      ({ id, kind: "crash", ring: "ring0", version: "0.2.0", detail }) as const;
    const allow = await refuse({ table: "incidents", column: "id", value: "b" });
    await expect(incidents.upsert([about("a", "1"), about("b", "1")], 5)).rejects.toThrow();
    await allow();
    expect(await incidents.open()).toEqual([]);

    const ids = Array.from({ length: 20 }, (_, index) => `incident ${String(index).padStart(2, "0")}`);
    await incidents.upsert(
      ids.map((id) => about(id, "0")),
      5,
    );
    // Several servers may write the same incidents in different orders.
    const evaluations = Array.from({ length: 10 }, (_, evaluation) => {
      const found = ids.map((id) => about(id, "1"));
      return incidents.upsert(evaluation % 2 === 0 ? found : found.toReversed(), 6);
    });
    const acknowledged = ids.flatMap((id) => [incidents.acknowledge(id, 7), incidents.acknowledge(id, 7)]);
    await Promise.all(evaluations);
    expect((await Promise.all(acknowledged)).filter(Boolean)).toHaveLength(ids.length);
    const stored = await incidents.open();
    expect(stored.map(({ id, detail, openedAt, acknowledgedAt }) => [id, detail, openedAt, acknowledgedAt])).toEqual(
      ids.map((id) => [id, "1", 5, 7]),
    );
    expect(await incidents.acknowledge("unknown", 8)).toBe(false);
  });

  it("stores the last of two details of one incident, and accepts an evaluation without incidents", async () => {
    const { incidents } = (await open()).store;
    const crash = { id: "a", kind: "crash", ring: "ring0", version: "0.2.0", detail: "1" } as const;
    await incidents.upsert([crash, { ...crash, detail: "2" }], 5);
    await incidents.upsert([], 6);
    expect(await incidents.open()).toMatchObject([{ id: "a", detail: "2", openedAt: 5 }]);
    await incidents.resolve("a", 7);
    expect(await incidents.acknowledge("a", 8)).toBe(true);
  });

  it("stores when a target was last reached or, if it never was, when it was first probed", async () => {
    const { recordProbe, forgetProbeTarget, reached } = (await open()).store;
    expect(await reached()).toEqual([]);
    await recordProbe("feed", 5, false);
    await recordProbe("feed", 6, false);
    await recordProbe("ingest", 7, true);
    expect(await reached()).toEqual([
      { place: "feed", at: 5 },
      { place: "ingest", at: 7 },
    ]);
    await recordProbe("feed", 8, true);
    await recordProbe("feed", 9, false);
    await recordProbe("ingest", 3, true);
    await forgetProbeTarget("nothing" as "feed");
    expect(await reached()).toEqual([
      { place: "feed", at: 8 },
      { place: "ingest", at: 7 },
    ]);
    await forgetProbeTarget("feed");
    expect(await reached()).toEqual([{ place: "ingest", at: 7 }]);
  });

  it("returns the account of a session until it expires", async () => {
    const { sessions, accounts } = (await open()).store;
    await accounts.put(ANN);
    await accounts.put(BOB);
    await sessions.open("hash", ANN, 100, 0);
    expect([await sessions.accountOf("hash", 99), await sessions.accountOf("hash", 100)]).toEqual([ANN, undefined]);
    await sessions.open("other", BOB, 200, 100);
    expect(await sessions.accountOf("hash", 50)).toBeUndefined();
    await sessions.close("other");
    expect(await sessions.accountOf("other", 150)).toBeUndefined();
  });

  it("returns no account of a session that began before the account was changed, removed or created again", async () => {
    const { sessions, accounts } = (await open()).store;
    const account = () => sessions.accountOf("hash", 50);
    await accounts.put(ANN);
    await sessions.open("hash", ANN, 100, 0);
    expect(await account()).toEqual(ANN);
    await accounts.put({ ...ANN, salt: "new" });
    expect(await account()).toBeUndefined();
    await accounts.remove("ann");
    expect(await account()).toBeUndefined();
    await accounts.put({ ...ANN, salt: "newer" });
    expect(await account()).toBeUndefined();
    // A login that was checked before the change, and stored after it.
    await sessions.open("late", ANN, 100, 0);
    expect(await sessions.accountOf("late", 50)).toBeUndefined();
  });

  it("knows a browser for one account, until it expires or the account is removed", async () => {
    const { browsers, accounts } = (await open()).store;
    await accounts.put(ANN);
    await browsers.add("hash", "ann", 100, 0);
    expect([await browsers.isKnown("hash", "ann", 99), await browsers.isKnown("hash", "bob", 99)]).toEqual([
      true,
      false,
    ]);
    expect(await browsers.isKnown("hash", "ann", 100)).toBe(false);
    await accounts.put({ ...ANN, salt: "new" });
    expect(await browsers.isKnown("hash", "ann", 99)).toBe(true);
    await accounts.remove("ann");
    await accounts.put(ANN);
    expect(await browsers.isKnown("hash", "ann", 99)).toBe(false);
  });

  it("keeps the stored value for an ended enrolment that older databases have", async () => {
    const { store, exec } = await open();
    await exec(`INSERT INTO machines VALUES ('${FIRST}', 'over')`);
    expect(await store.ringOf(FIRST)).toBe("ended");
    await store.unenrol(SECOND);
    await exec("UPDATE machines SET ring = 'ga' WHERE ring = 'over'");
    expect([await store.ringOf(FIRST), await store.ringOf(SECOND)]).toEqual(["ga", "ga"]);
  });

  it("deletes no session if the new one cannot be stored", async () => {
    const { store, refuse } = await open();
    await store.accounts.put(ANN);
    await store.sessions.open("old", ANN, 100, 0);
    const allow = await refuse({ table: "logins" });
    await expect(store.sessions.open("new", BOB, 300, 200)).rejects.toThrow();
    await allow();
    expect(await store.sessions.accountOf("old", 50)).toEqual(ANN);
  });

  it("stores one account for each name, and one ticket for each id", async () => {
    const { accounts, setTicket, ticket, tickets } = (await open()).store;
    await accounts.put({ ...ANN, role: "manager", hash: "old" });
    await accounts.put(ANN);
    expect([await accounts.find("ann"), await accounts.find("bob")]).toEqual([ANN, undefined]);
    expect([await accounts.remove("ann"), await accounts.remove("ann")]).toEqual([true, false]);
    await setTicket("T-1", "ring1", 5, undefined);
    await setTicket("T-1", "ring0", 6, 7);
    expect(await ticket("T-1")).toEqual({ ring: "ring1", openedAt: 5, closedAt: 7 });
    expect([await ticket("T-2"), await tickets("ring0")]).toEqual([undefined, []]);
  });
}

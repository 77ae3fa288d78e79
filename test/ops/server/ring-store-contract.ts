import { describe, expect, it, onTestFinished } from "vitest";
import { NO_COUNTS } from "../../../src-ops/gates/index.ts";
import type { AccountRecord, IncidentRecord, RingStore } from "../../../src-ops/server/store/ring-store.ts";
import { HOUR_MS, SINCE } from "../gates/facts.ts";
import {
  MACHINES,
  normalizedAnswer,
  normalizedFinding,
  normalizedProblem,
  normalizedState,
  normalizedStep,
  RELEASE,
  stateOf,
} from "../gates/normalized-events.ts";
import { eventStoreContract } from "../gates/store-contract.ts";

/** An empty store, and a way to do to its database what no code of ours does. */
export type OpenedStore = { readonly store: RingStore; readonly exec: (sql: string) => Promise<void> };

const failure = { kind: "operation", operation: "play", succeeded: false } as const;
const [FIRST, SECOND] = MACHINES as [string, string];

/** What the store of a ring server does, whichever database it is. */
export function ringStoreContract(
  name: string,
  create: () => Promise<OpenedStore>,
  options: { readonly stories?: number } = {},
): void {
  eventStoreContract(name, async () => (await create()).store, options);

  async function open() {
    const opened = await create();
    onTestFinished(opened.store.close);
    return opened;
  }

  async function filled() {
    const { store, exec } = await open();
    for (const machine of MACHINES) await store.enrol(machine, "ring0");
    for (const machine of [FIRST, SECOND]) {
      const where = (seq: number) => ({ machine, session: machine, seq, at: SINCE + seq * HOUR_MS });
      const late = normalizedState(where(2), stateOf("0.2.0", [failure, failure]));
      const latest = normalizedState(where(3), stateOf("0.2.0", [failure, failure, failure]));
      await store.take([latest, normalizedStep(where(4), "healthy")]);
      await store.take([late]);
    }
    const everything = async () => ({
      totals: await store.totals("ring0", "0.2.0", SINCE),
      machines: await store.machines(RELEASE, SINCE),
      windows: await store.windows("ring0", "0.2.0", SINCE),
    });
    return { store, exec, everything };
  }

  describe(`${name}, of a ring server`, () => {
    it("makes the same aggregates again from raw events", async () => {
      const { store, exec, everything } = await filled();
      const before = await everything();
      await exec("UPDATE slots SET failed = 0; DELETE FROM machine_days; UPDATE steps SET at = 0");
      expect(await everything()).not.toEqual(before);
      expect(await store.rebuild()).toEqual({ events: 6 });
      expect(await everything()).toEqual(before);
    });

    it("gives what was told besides sessions and good steps, the newest first and no more than is asked for", async () => {
      const { store } = await filled();
      const where = (seq: number) => ({ machine: FIRST, session: "told", seq, at: SINCE + seq * HOUR_MS });
      const refusal = normalizedFinding(where(1), null);
      const [failedStep, answer, problem] = [
        normalizedStep(where(2), "failed"),
        normalizedAnswer(where(3), 9),
        normalizedProblem(where(4), "T-1"),
      ];
      const elsewhere = { ...normalizedAnswer(where(5), 1), version: "0.1.0" };
      await store.take([refusal, failedStep, answer, problem, elsewhere]);
      const told = (most: number) => store.recentEvents("ring0", "0.2.0", most);
      const kept = [problem, answer, failedStep, refusal].map(({ machine, at, event }) => ({ machine, at, event }));
      expect(await told(10)).toEqual(kept);
      expect(await told(2)).toEqual(kept.slice(0, 2));
    });

    it("forgets a computer and all that it added, and counts it as silent from then on", async () => {
      const { store, everything } = await filled();
      expect(await store.erase(FIRST, 1)).toEqual({ events: 3 });
      expect((await everything()).totals).toMatchObject({ failed: 3, operations: 3 });
      const gone = (await everything()).machines.find(({ machine }) => machine === FIRST);
      expect(gone).toMatchObject({ operations: 0, lastAt: undefined, steps: {} });
      const incremental = await everything();
      await store.rebuild();
      expect((await everything()).totals).toEqual(incremental.totals);
      await store.erase(SECOND, 1);
      expect((await everything()).totals).toEqual(NO_COUNTS);
    });

    it("fulfils a wish to be forgotten once, however often it is repeated", async () => {
      const { store } = await filled();
      expect((await store.erase(FIRST, 5)).events).toBe(3);
      await store.take([normalizedState({ session: "later", seq: 1, at: SINCE }, stateOf("0.2.0", [failure]))]);
      expect((await store.erase(FIRST, 5)).events).toBe(0);
      expect((await store.erase(FIRST, 4)).events).toBe(0);
      expect((await store.erase(FIRST, 6)).events).toBe(1);
    });

    it("takes batches together as it takes them one by one, and says what became of each", async () => {
      const { store } = await open();
      const state = (session: string, seq: number, failures: number) =>
        normalizedState(
          { session, seq, at: SINCE },
          stateOf(
            "0.2.0",
            Array.from({ length: failures }, () => failure),
          ),
        );
      const stolen = { ...state("a", 9, 1), event: { ...state("a", 9, 1).event, id: state("a", 1, 1).event.id } };
      const batches = [[state("a", 1, 1), state("a", 3, 4)], [state("a", 1, 1)], [state("a", 2, 2), stolen]];
      expect(await store.takeAll(batches, SINCE)).toEqual([
        { taken: 2, duplicates: 0, conflicting: 0 },
        { taken: 0, duplicates: 1, conflicting: 0 },
        { taken: 1, duplicates: 0, conflicting: 1 },
      ]);
      expect((await store.totals("ring0", "0.2.0", SINCE)).failed).toBe(4);
      const hour = SINCE + HOUR_MS;
      expect(await store.hours("ring0", "0.2.0", SINCE - HOUR_MS)).toEqual([{ at: hour, operations: 4, failed: 4 }]);
      expect(await store.versionsOf(FIRST, ["x"])).toEqual(new Map());
      const { session } = state("a", 1, 1).event;
      expect(await store.versionsOf(FIRST, ["x", session])).toEqual(new Map([[session, "0.2.0"]]));
    });

    it("knows the ring of a computer, and lets none come back whose enrolment is over", async () => {
      const { store } = await open();
      expect(await store.ringOf(FIRST)).toBeUndefined();
      expect(await store.recordEnrolment(FIRST, "ring0", 1)).toBe("ring0");
      expect(await store.recordEnrolment(FIRST, "ring1", 2)).toBe("ring1");
      await store.unenrol(FIRST);
      expect(await store.recordEnrolment(FIRST, "ring1", 3)).toBe("over");
      expect(await store.ringOf(FIRST)).toBe("over");
      await store.enrol(FIRST, "ga");
      expect(await store.ringOf(FIRST)).toBe("ga");
    });

    it("lets no older enrolment overtake a newer one, nor the register's word of later", async () => {
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

    it("adds one line of the log after the other, also when two are written at once", async () => {
      const { store } = await open();
      const next = (last: { n: number; line: string } | undefined) => {
        const n = last ? last.n + 1 : 0;
        return { n, line: `${last?.line ?? ""}${n}` };
      };
      await Promise.all(Array.from({ length: 5 }, () => store.decisions.append(next)));
      const expected = ["0", "01", "012", "0123", "01234"].map((line, n) => ({ n, line }));
      expect(await store.decisions.all()).toEqual(expected);
    });

    it("keeps an incident until it is over, and begins it anew afterwards", async () => {
      const { incidents } = (await open()).store;
      const crash = { id: "ring0-crash-1", kind: "crash", ring: "ring0", version: "0.2.0", detail: "1" } as const;
      const kept: IncidentRecord = { ...crash, openedAt: 5, alertsSent: 0, acknowledgedAt: null, resolvedAt: null };
      await incidents.upsert([crash], 5);
      await incidents.setAlertsSent(crash.id, 1);
      await incidents.upsert([{ ...crash, detail: "2" }], 6);
      expect(await incidents.open()).toEqual([{ ...kept, alertsSent: 1, detail: "2" }]);
      expect([await incidents.acknowledge(crash.id, 7), await incidents.acknowledge(crash.id, 8)]).toEqual([
        true,
        false,
      ]);
      expect(await incidents.open()).toMatchObject([{ acknowledgedAt: 7 }]);
      await incidents.resolve(crash.id, 9);
      expect(await incidents.open()).toEqual([]);
      await incidents.upsert([crash], 10);
      expect(await incidents.open()).toEqual([{ ...kept, openedAt: 10 }]);
    });

    it("still answers where the sums are larger than a number can hold exactly", async () => {
      const { exec, everything } = await filled();
      const most = Number.MAX_SAFE_INTEGER;
      await exec(
        `UPDATE slots SET operations = ${most}, attempts = ${most}; UPDATE machine_days SET operations = ${most}`,
      );
      const { totals, windows, machines } = await everything();
      expect(totals.operations).toBeGreaterThanOrEqual(most);
      expect(windows[0]?.attempts).toBeGreaterThanOrEqual(most);
      expect(machines[0]?.operations).toBeGreaterThanOrEqual(most);
      expect(totals.failed).toBe(6);
    });

    it("keeps when a place was last reached, or first asked for in vain", async () => {
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

    it("knows who is logged in until then", async () => {
      const { sessions } = (await open()).store;
      await sessions.open("hash", "ann", 100, 0);
      expect([await sessions.nameOf("hash", 99), await sessions.nameOf("hash", 100)]).toEqual(["ann", undefined]);
      await sessions.open("other", "bob", 200, 100);
      expect(await sessions.nameOf("hash", 50)).toBeUndefined();
      await sessions.close("other");
      expect(await sessions.nameOf("other", 150)).toBeUndefined();
    });

    it("keeps one account for each name, and one ticket for each", async () => {
      const { accounts, setTicket, ticket, tickets } = (await open()).store;
      const ann: AccountRecord = { name: "ann", role: "viewer", salt: "s", hash: "h" };
      await accounts.put({ ...ann, role: "manager", hash: "old" });
      await accounts.put(ann);
      expect([await accounts.find("ann"), await accounts.find("bob")]).toEqual([ann, undefined]);
      expect([await accounts.remove("ann"), await accounts.remove("ann")]).toEqual([true, false]);
      await setTicket("T-1", "ring1", 5, undefined);
      await setTicket("T-1", "ring0", 6, 7);
      expect(await ticket("T-1")).toEqual({ ring: "ring1", openedAt: 5, closedAt: 7 });
      expect([await ticket("T-2"), await tickets("ring0")]).toEqual([undefined, []]);
    });
  });
}

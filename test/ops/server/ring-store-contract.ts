import { describe, expect, it, onTestFinished } from "vitest";
import { ERASED, type NormalizedEvent, readMachines } from "../../../src-ops/gates/index.ts";
import { DAY_MS, HOUR_MS, SINCE } from "../gates/facts.ts";
import {
  MACHINES,
  normalizedAnswer,
  normalizedFinding,
  normalizedCrash,
  normalizedProblem,
  normalizedState,
  normalizedStep,
  RELEASE,
  stateOf,
} from "../gates/normalized-events.ts";
import { eventStoreContract } from "../gates/store-contract.ts";
import type { OpenedStore } from "./opened-store.ts";
import { repositoriesContract } from "./repositories-contract.ts";
import { storeEvents } from "./store-events.ts";

const failure = { kind: "operation", operation: "play", succeeded: false } as const;
const [FIRST, SECOND] = MACHINES as [string, string];

/** The contract of a ring server's store, for both databases. */
export function ringStoreContract(
  name: string,
  create: () => Promise<OpenedStore>,
  options: { readonly stories?: number } = {},
): void {
  const asEventStore = ({ store }: OpenedStore) => ({
    ...store,
    take: (events: readonly NormalizedEvent[]) => storeEvents(store, events),
  });
  eventStoreContract(name, async () => asEventStore(await create()), options);

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
      await storeEvents(store, [latest, normalizedStep(where(4), "healthy")]);
      await storeEvents(store, [late]);
    }
    const everything = async () => ({
      totals: await store.totals("ring0", "0.2.0", SINCE),
      machines: await readMachines(store, RELEASE),
      days: await store.days("ring0", "0.2.0", 0),
      durations: await store.durations("ring0", "0.2.0", 0, SINCE + DAY_MS),
      windows: await store.windows("ring0", "0.2.0", SINCE, 1),
    });
    return { store, exec, everything };
  }

  describe(`${name}, of a ring server`, () => {
    it("recomputes the same aggregates from raw events", async () => {
      const { store, exec, everything } = await filled();
      const before = await everything();
      await exec(
        "UPDATE slots SET failed = 0; DELETE FROM machine_days; DELETE FROM durations; DELETE FROM machine_slots; UPDATE steps SET at = 0",
      );
      expect(await everything()).not.toEqual(before);
      expect(await store.rebuild()).toEqual({ events: 6 });
      expect(await everything()).toEqual(before);
    });

    it("returns recent events except sessions and successful steps, newest first and at most as many as requested", async () => {
      const { store } = await filled();
      const where = (seq: number) => ({ machine: FIRST, session: "others", seq, at: SINCE + seq * HOUR_MS });
      const refusal = normalizedFinding(where(1), null);
      const [failedStep, answer, problem] = [
        normalizedStep(where(2), "failed"),
        normalizedAnswer(where(3), 9),
        normalizedProblem(where(4), "T-1"),
      ];
      const elsewhere = { ...normalizedAnswer(where(5), 1), version: "0.1.0" };
      await storeEvents(store, [refusal, failedStep, answer, problem, elsewhere]);
      const events = (most: number) => store.recentEvents("ring0", "0.2.0", most);
      const expected = [problem, answer, failedStep, refusal].map(({ machine, at, event }) => ({ machine, at, event }));
      expect(await events(10)).toEqual(expected);
      expect(await events(2)).toEqual(expected.slice(0, 2));
    });

    it("groups crashes by process and reason, for a version and since a time", async () => {
      const { store } = await filled();
      const where = (seq: number) => ({ machine: FIRST, session: "others", seq, at: SINCE + seq * HOUR_MS });
      const crashes = [
        normalizedCrash(where(1), "renderer", "oom"),
        normalizedCrash(where(2), "gpu", "killed"),
        normalizedCrash({ ...where(3), machine: SECOND, session: "others too" }, "renderer", "oom"),
        normalizedCrash(where(4), "renderer", "crashed"),
        normalizedCrash(where(5), "renderer", "oom"),
        { ...normalizedCrash(where(6), "gpu", "killed"), version: "0.1.0" },
      ];
      await storeEvents(store, crashes);
      expect(await store.crashes("ring0", "0.2.0", 0)).toEqual([
        { process: "renderer", reason: "oom", count: 3, computers: 2 },
        { process: "gpu", reason: "killed", count: 1, computers: 1 },
        { process: "renderer", reason: "crashed", count: 1, computers: 1 },
      ]);
      const from = (crashes[3]?.at ?? 0) + 1;
      expect(await store.crashes("ring0", "0.2.0", from)).toMatchObject([
        { process: "renderer", reason: "oom", count: 1 },
      ]);
      expect(await store.crashes("ring0", "0.1.0", 0)).toMatchObject([{ count: 1 }]);
      await store.erase(SECOND, 1);
      expect(await store.crashes("ring0", "0.2.0", 0)).toMatchObject([{ count: 2, computers: 1 }, {}, {}]);
    });

    it("erases a computer, counts it as silent afterwards, and keeps what it counted without its name", async () => {
      const { store, everything } = await filled();
      const midnight = SINCE - (SINCE % DAY_MS);
      const of = (machine: string, days: Awaited<ReturnType<typeof store.days>>) =>
        days.filter((one) => one.machine === machine).map((one) => ({ ...one, machine: "" }));
      const own = of(FIRST, await store.days("ring0", "0.2.0", 0));
      expect(own).toHaveLength(1);
      expect(await store.erase(FIRST, 1)).toEqual({ events: 3 });
      const gone = (await everything()).machines.find(({ machine }) => machine === FIRST);
      expect(gone).toMatchObject({ operations: 0, lastAt: undefined, steps: {}, platform: undefined });
      const erased = await everything();
      expect(of(FIRST, erased.days)).toEqual([]);
      expect(of(ERASED, erased.days)).toEqual(own);
      expect(JSON.stringify(erased.durations)).not.toContain(FIRST);
      // After a rebuild as well: of all computers, they count at the beginning of their day.
      await store.rebuild();
      expect((await everything()).days).toEqual(erased.days);
      expect(await store.totals("ring0", "0.2.0", midnight)).toMatchObject({ failed: 6, operations: 6 });
      await store.erase(SECOND, 1);
      const [both, ...others] = await store.days("ring0", "0.2.0", 0);
      expect(both).toMatchObject({ machine: ERASED, counts: { failed: 6, operations: 6, sessions: 2 } });
      expect(others).toEqual([]);
      expect(await store.recent("ring0", "0.2.0", midnight)).toEqual([]);
    });

    it("fulfils an erasure request once, however often it is repeated", async () => {
      const { store } = await filled();
      expect((await store.erase(FIRST, 5)).events).toBe(3);
      await storeEvents(store, [normalizedState({ session: "later", seq: 1, at: SINCE }, stateOf("0.2.0", [failure]))]);
      expect((await store.erase(FIRST, 5)).events).toBe(0);
      expect((await store.erase(FIRST, 4)).events).toBe(0);
      expect((await store.erase(FIRST, 6)).events).toBe(1);
    });

    it("stores several batches together like single ones, and returns the counts of each", async () => {
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

    it("erases a computer and keeps its enrolment, in whichever order the two are written", async () => {
      const { store } = await filled();
      await store.recordEnrolment(FIRST, "ring1", 20);
      expect(await store.erase(FIRST, 5)).toEqual({ events: 3 });
      expect(await store.recordEnrolment(FIRST, "ring0", 10)).toBe("ring1");
      await Promise.all([store.erase(SECOND, 5), store.enrol(SECOND, "ga", 30)]);
      expect([await store.ringOf(FIRST), await store.ringOf(SECOND)]).toEqual(["ring1", "ga"]);
      expect((await store.days("ring0", "0.2.0", 0)).map(({ machine }) => machine)).toEqual([ERASED]);
      // The request was already fulfilled, so it removes no events that arrived after it.
      await storeEvents(store, [normalizedState({ session: "later", seq: 1, at: SINCE }, stateOf("0.2.0", [failure]))]);
      expect(await store.erase(FIRST, 5)).toEqual({ events: 0 });
    });

    it("counts of one computer's hour only what is plausible, in whichever order it arrives, and tells the surplus", async () => {
      const { store } = await open();
      await store.enrol(FIRST, "ring0");
      const lie = (session: string, seq: number, ok: number, minutes: number) => {
        const { operations, ...rest } = stateOf("0.2.0", []);
        const state = { ...rest, operations: { ...operations, seek: { ok, failed: 0 } } };
        return normalizedState({ session, seq, at: SINCE + minutes * 60_000 }, state);
      };
      // 30,000 seeks in the first hour, of two sessions; 3,000 in the one after.
      const events = [lie("a", 1, 6_000, 1), lie("a", 2, 20_000, 20), lie("b", 1, 10_000, 40), lie("b", 2, 13_000, 70)];
      for (const event of events.toReversed()) await storeEvents(store, [event]);
      const counted = async (from: number) => (await store.days("ring0", "0.2.0", from))[0]?.counts.operations;
      // Of the whole day, from the first event, and from a moment after it.
      expect([await counted(0), await counted(SINCE)]).toEqual([13_000, 13_000]);
      expect(await counted(SINCE + HOUR_MS)).toBe(3_000);
      expect((await store.recent("ring0", "0.2.0", SINCE))[0]?.counts.operations).toBe(13_000);
      const [machine] = await readMachines(store, RELEASE);
      expect(machine).toMatchObject({ operations: 13_000, surplus: 20_000 });
      await store.rebuild();
      expect(await readMachines(store, RELEASE)).toEqual([machine]);
    });

    it("still answers if sums exceed the integers that a number represents exactly", async () => {
      const { exec, everything } = await filled();
      const most = Number.MAX_SAFE_INTEGER;
      await exec(
        `UPDATE slots SET operations = ${most}; UPDATE machine_slots SET attempts = ${most}; ` +
          `UPDATE machine_days SET operations = ${most}`,
      );
      const { totals, windows, days } = await everything();
      expect(totals.operations).toBe(most);
      expect(windows[0]?.computers[0]?.attempts).toBe(most);
      expect(days[0]?.counts.operations).toBe(most);
      expect(totals.failed).toBe(6);
    });
  });

  describe(`${name}, in its small tables`, () => repositoriesContract(open));
}

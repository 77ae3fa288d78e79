import * as fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { added, NO_COUNTS, type NormalizedEvent, type EventStore } from "../../../src-ops/gates/index.ts";
import { countsOf } from "../../../src-ops/gates/counters.ts";
import { startBucket } from "../../../src-ops/gates/durations.ts";
import type { SessionChange } from "../../../src-shared/telemetry/index.ts";
import { DAY_MS, HOUR_MS, SINCE } from "./facts.ts";
import {
  MACHINES,
  normalizedAnswer,
  normalizedFinding,
  normalizedProblem,
  normalizedState,
  normalizedStep,
  RELEASE,
  stateOf,
} from "./normalized-events.ts";

const play = (succeeded: boolean): SessionChange => ({ kind: "operation", operation: "play", succeeded });
const sample = (uptimeMs: number, privateBytes: number): SessionChange => ({
  kind: "sample",
  sample: { uptimeMs, downMs: 0, cpuMs: 0, privateBytes, lost: { dropped: 0, corrupted: 0, refused: 0 } },
});

const changes = fc.array(
  fc.oneof(
    fc.boolean().map(play),
    fc.integer({ min: 1, max: 9_000 }).map((tookMs): SessionChange => ({ kind: "verdict", code: "OK", tookMs })),
    // A session becomes usable once.
    fc.constant<SessionChange>({ kind: "usable", startMs: 5_001 }),
    fc.constantFrom<SessionChange>(
      { kind: "crash", process: "gpu" },
      { kind: "fault" },
      { kind: "feature", feature: "play" },
    ),
    fc.tuple(fc.nat(HOUR_MS), fc.nat(300_000_000)).map(([up, bytes]) => sample(up, bytes)),
  ),
  { maxLength: 8 },
);

/** Growing sessions of three computers, with times in any order. */
const stories = fc
  .array(fc.tuple(fc.nat(2), fc.array(fc.tuple(changes, fc.nat(3 * DAY_MS)), { minLength: 1, maxLength: 5 })), {
    minLength: 1,
    maxLength: 5,
  })
  .map((sessions) =>
    sessions.flatMap(([machine, steps], session) =>
      steps.map(([, later], index) =>
        normalizedState(
          { machine: MACHINES[machine] as string, session: `session ${session}`, seq: index + 1, at: SINCE + later },
          stateOf(
            "0.2.0",
            steps.slice(0, index + 1).flatMap(([more]) => more),
          ),
        ),
      ),
    ),
  );

async function everythingOf(store: EventStore) {
  return {
    totals: await store.totals("ring0", "0.2.0", SINCE),
    later: await store.totals("ring0", "0.2.0", SINCE + DAY_MS),
    recent: await store.recent("ring0", "0.2.0", SINCE + 1.5 * HOUR_MS),
    days: await store.days("ring0", "0.2.0", 0),
    // From the middle of a day.
    laterDays: await store.days("ring0", "0.2.0", SINCE + 1.5 * HOUR_MS),
    durations: await store.durations("ring0", "0.2.0", 0, SINCE + DAY_MS),
    before: await store.versionBefore("ring0", "0.3.0", 0, SINCE + DAY_MS),
    notBefore: await store.versionBefore("ring0", "0.2.0", 0, SINCE + DAY_MS),
    windows: await store.windows("ring0", "0.2.0", SINCE, 1),
    windowsOfTwo: await store.windows("ring0", "0.2.0", SINCE, 2),
    enrolled: await store.enrolled(RELEASE),
    lastCrashAt: await store.lastCrashAt("ring0", "0.2.0", SINCE),
  };
}

type Closing = { readonly close?: () => Promise<void> };

/** The contract of every event store.
 *
 * @param create creates an empty store
 */
export function eventStoreContract(
  name: string,
  create: () => Promise<EventStore & Closing>,
  { stories: runs = 60 } = {},
): void {
  describe(name, () => {
    let opened: Closing[] = [];
    beforeEach(() => void (opened = []));
    afterEach(async () => {
      for (const { close } of opened) await close?.();
    });
    async function open() {
      const store = await create();
      opened.push(store);
      for (const machine of MACHINES) await store.enrol(machine, "ring0");
      return store;
    }

    it("sums the last state of each session, in any order of arrival and with duplicates", async () => {
      await fc.assert(
        fc.asyncProperty(stories, fc.infiniteStream(fc.nat(1_000)), fc.nat(7), async (events, dice, batch) => {
          const inOrder = await open();
          await inOrder.take(events);
          const shuffled = [...events, ...events.slice(0, 3)]
            .map((event) => ({ event, rank: dice.next().value as number }))
            .toSorted((a, b) => a.rank - b.rank)
            .map(({ event }) => event);
          const other = await open();
          let taken = 0;
          for (let at = 0; at < shuffled.length; at += batch + 1) {
            taken += (await other.take(shuffled.slice(at, at + batch + 1))).taken;
          }
          expect(taken).toBe(events.length);
          expect(await everythingOf(other)).toEqual(await everythingOf(inOrder));
          expect((await everythingOf(other)).totals).toEqual(sumOfLast(events));
        }),
        { numRuns: runs },
      );
    });

    it("stores an event once, and does not replace it", async () => {
      const store = await open();
      const where = { session: "a", seq: 1, at: SINCE };
      const first = normalizedState(where, stateOf("0.2.0", [play(true)]));
      const impostor = {
        ...first,
        event: { ...first.event, id: normalizedState({ ...where, seq: 2 }, stateOf("0.2.0", [])).event.id },
      };
      const moved = { ...first, event: { ...first.event, seq: 9 } };
      expect(await store.take([first])).toEqual({ taken: 1, duplicates: 0, conflicting: 0 });
      expect(await store.take([first, impostor, moved])).toEqual({ taken: 0, duplicates: 1, conflicting: 2 });
      expect((await store.totals("ring0", "0.2.0", SINCE)).operations).toBe(1);
    });

    it("does not let a computer replace another computer's event", async () => {
      const store = await open();
      const mine = normalizedState({ session: "a", seq: 1, at: SINCE }, stateOf("0.2.0", [play(true)]));
      const theirs = { ...mine, machine: MACHINES[1] as string };
      expect(await store.take([theirs, mine])).toEqual({ taken: 2, duplicates: 0, conflicting: 0 });
    });

    it("separates rings, versions and times", async () => {
      const store = await open();
      const state = normalizedState({ session: "a", seq: 1, at: SINCE }, stateOf("0.2.0", [play(false)]));
      const other = normalizedState({ session: "b", seq: 1, at: SINCE }, stateOf("0.2.0", [play(false)]));
      await store.take([state, { ...other, version: "0.1.0" }]);
      expect(await store.totals("ring0", "0.2.0", SINCE)).toMatchObject({
        operations: 1,
        failed: 1,
        attempts: 1,
        attemptsFailed: 1,
      });
      expect(await store.totals("ring1", "0.2.0", SINCE)).toEqual(NO_COUNTS);
      expect(await store.totals("ring0", "0.2.0", SINCE + HOUR_MS)).toEqual(NO_COUNTS);
    });

    it("returns every enrolled computer, including silent ones, with its update steps", async () => {
      const store = await open();
      await store.take([
        normalizedStep({ session: "a", seq: 1, at: SINCE + 2 }, "offered"),
        normalizedStep({ session: "a", seq: 2, at: SINCE + 1 }, "offered"),
        normalizedStep({ session: "a", seq: 3, at: SINCE + 5 }, "healthy"),
      ]);
      const facts = await store.enrolled(RELEASE);
      expect(facts.map(({ machine }) => machine)).toEqual(MACHINES.toSorted());
      const found = facts.find(({ machine }) => machine === MACHINES[0]);
      expect(found).toMatchObject({ steps: { offered: SINCE + 1, healthy: SINCE + 5 }, platform: "linux/x64" });
      expect(facts.filter(({ platform }) => platform === undefined)).toHaveLength(2);
      expect(await store.days("ring0", "0.2.0", 0)).toEqual([]);
    });

    it("counts by day, with the first and last report, the highest memory and how long starts took", async () => {
      const store = await open();
      const started = stateOf("0.2.0", [{ kind: "usable", startMs: 1_200 }, play(true), sample(1_000, 120_000_000)]);
      const later = stateOf("0.2.0", [{ kind: "usable", startMs: 1_200 }, play(true), play(false)]);
      const midnight = SINCE - (SINCE % DAY_MS);
      await store.take([
        normalizedState({ session: "a", seq: 2, at: midnight + DAY_MS + 5 }, later),
        normalizedState({ session: "a", seq: 1, at: midnight + 9 }, started),
      ]);
      const days = await store.days("ring0", "0.2.0", 0);
      expect(days).toMatchObject([
        {
          machine: MACHINES[0],
          day: midnight,
          firstAt: midnight + 9,
          lastAt: midnight + 9,
          memoryHighest: 120_000_000,
          surplus: 0,
          features: [],
          counts: { sessions: 1, operations: 2, failed: 0, starts: 1 },
        },
        { machine: MACHINES[0], day: midnight + DAY_MS, counts: { sessions: 0, operations: 1, failed: 1, starts: 0 } },
      ]);
      expect(await store.durations("ring0", "0.2.0", 0, midnight + DAY_MS)).toEqual([
        { machine: MACHINES[0], measure: "start", bucket: startBucket(1_200), count: 1 },
      ]);
      expect(await store.durations("ring0", "0.2.0", 0, midnight)).toEqual([]);
    });

    it("uses the last answer of each computer, and opens each ticket once", async () => {
      const store = await open();
      await store.take([
        normalizedAnswer({ session: "a", seq: 1, at: SINCE + 2 }, 9),
        normalizedAnswer({ session: "a", seq: 2, at: SINCE + 1 }, 3),
        normalizedAnswer({ session: "a", seq: 3, at: SINCE + 3 }, null),
        normalizedAnswer({ ...(MACHINES[1] ? { machine: MACHINES[1] } : {}), session: "b", seq: 1, at: SINCE }, 7),
        normalizedProblem({ session: "a", seq: 4, at: SINCE + 4 }, "ABCD-2345"),
        normalizedProblem({ session: "a", seq: 5, at: SINCE + 5 }, "ABCD-2345"),
      ]);
      expect([...(await store.scores(RELEASE))].map(({ score }) => score).toSorted((a, b) => a - b)).toEqual([7, 9]);
      expect(await store.scores({ ...RELEASE, version: "0.1.0" })).toEqual([]);
      expect(await store.tickets("ring0")).toEqual([{ openedAt: SINCE + 4, closedAt: undefined }]);
    });

    it("returns the refusals since the ring began to run the release", async () => {
      const store = await open();
      const hash = "a".repeat(64);
      await store.take([
        normalizedFinding({ session: "a", seq: 1, at: SINCE - 1 }, hash),
        normalizedFinding({ session: "a", seq: 2, at: SINCE }, hash),
        normalizedFinding({ session: "a", seq: 3, at: SINCE + 1 }, null, {
          what: "rollback",
          code: "ROLLED_BACK",
          cause: "STICK",
        }),
      ]);
      const machine = MACHINES[0];
      expect(await store.findings(RELEASE)).toEqual([
        { machine, what: "signature", subject: "license", code: "SIGNATURE_INVALID", artefact: hash },
        { machine, what: "rollback", subject: "license", code: "ROLLED_BACK", cause: "STICK", artefact: null },
      ]);
    });
  });
}

function sumOfLast(events: readonly NormalizedEvent[]) {
  const last = new Map<string, NormalizedEvent>();
  for (const event of events) last.set(event.event.session, event);
  let sum = NO_COUNTS;
  for (const { event } of last.values()) if (event.kind === "session") sum = added(sum, countsOf(event.state));
  return sum;
}

import { describe, expect, it } from "vitest";
import { createMemoryStore } from "../../../src-ops/simulator/memory-store.ts";
import { readFacts, totalOf } from "../../../src-ops/gates/index.ts";
import { DAY_MS, defaultPolicy, FIRST_DAY, HOUR_MS, registerOf, SINCE, STAFF } from "./facts.ts";
import {
  MACHINES,
  normalizedAnswer,
  normalizedFinding,
  normalizedState,
  normalizedStep,
  RELEASE,
  stateOf,
} from "./normalized-events.ts";

const GENUINE = "a".repeat(64);
const CHANGED = "b".repeat(64);
const { ring0, ring1, ga } = defaultPolicy().rings;

describe("the facts of a release", () => {
  it("count only refusals of genuine artefacts, once for each computer", async () => {
    const store = createMemoryStore();
    const [first, second] = MACHINES;
    const find = (machine: string | undefined, seq: number, artefact: string | null) =>
      normalizedFinding({ ...(machine ? { machine } : {}), session: "a", seq, at: SINCE }, artefact);
    await store.take([
      find(first, 1, GENUINE),
      find(first, 2, GENUINE),
      find(second, 1, CHANGED),
      find(second, 2, null),
    ]);
    const { security } = await readFacts(
      store,
      RELEASE,
      ring0,
      registerOf((hash) => hash === GENUINE),
      SINCE,
    );
    expect(security).toEqual({
      genuineMachines: 1,
      genuine: { signature: 2, rollback: 0 },
      unexplained: 0,
      suspected: 2,
    });
  });

  it("do not compare other files with the licenses in the register, whatever their bytes", async () => {
    const store = createMemoryStore();
    const subjects = ["stick", "keys", "revocations", "update"] as const;
    await store.take(
      subjects.map((subject, seq) =>
        normalizedFinding({ session: "a", seq: seq + 1, at: SINCE }, GENUINE, { subject }),
      ),
    );
    const { security } = await readFacts(
      store,
      RELEASE,
      ring0,
      registerOf(() => true),
      SINCE,
    );
    expect(security).toMatchObject({ genuineMachines: 0, suspected: subjects.length });
  });

  it("use the last two hours for the surge gate, and what the previous ring had done at the promotion", async () => {
    const store = createMemoryStore();
    const failure = stateOf("0.2.0", [{ kind: "operation", operation: "seek", succeeded: false }]);
    await store.take([normalizedState({ session: "a", seq: 1, at: SINCE + HOUR_MS }, failure)]);
    const facts = (hours: number) => readFacts(store, RELEASE, ring0, registerOf(), SINCE + hours * HOUR_MS);
    expect(totalOf((await facts(2)).recent, "failed")).toBe(1);
    expect(totalOf((await facts(4)).recent, "failed")).toBe(0);
    expect(totalOf((await facts(4)).counts, "failed")).toBe(1);
    // The frozen counts of the previous ring, not its present ones.
    const release = { ...RELEASE, ring: "ring1", pooled: { ...STAFF, failed: 7 } } as const;
    const next = await readFacts(store, release, ring1, registerOf(), SINCE + 4 * HOUR_MS);
    expect([totalOf(next.counts, "failed"), next.pooled?.failed]).toEqual([0, 7]);
    expect((await readFacts(store, { ...release, ring: "ring0" }, ring0, registerOf(), SINCE)).pooled).toBeNull();
  });

  const crash = stateOf("0.2.0", [{ kind: "crash", process: "main" }]);

  it("count what a computer with a wrong clock dates before the release, unless the ring ran the build before", async () => {
    const store = createMemoryStore();
    await store.enrol(MACHINES[0] as string, "ring0");
    await store.take([normalizedState({ session: "a", seq: 1, at: SINCE - 3 * DAY_MS }, crash)]);
    const factsOf = (countsFrom: number) =>
      readFacts(store, { ...RELEASE, countsFrom }, ring0, registerOf(), SINCE + HOUR_MS);
    const first = await factsOf(0);
    expect(totalOf(first.counts, "crashes")).toBe(1);
    expect(first.days).toMatchObject([{ day: FIRST_DAY, crashes: 1 }]);
    expect(first.machines[0]).toMatchObject({ firstAt: SINCE, lastAt: SINCE });
    expect(first.lastCrashAt).toBeDefined();
    expect(totalOf((await factsOf(SINCE)).counts, "crashes")).toBe(0);
  });

  it("in GA, are about the computers to which the build was offered", async () => {
    const store = createMemoryStore();
    const [offered, running, outside] = MACHINES as [string, string, string];
    for (const machine of MACHINES) await store.enrol(machine, "ga");
    const inGa = (event: ReturnType<typeof normalizedState>) => ({ ...event, ring: "ga" as const });
    await store.take([
      inGa(normalizedStep({ machine: offered, session: "o", seq: 1, at: SINCE }, "offered")),
      inGa(normalizedState({ machine: running, session: "r", seq: 1, at: SINCE }, stateOf("0.2.0", []))),
      { ...inGa(normalizedState({ machine: outside, session: "x", seq: 1, at: SINCE }, crash)), version: "0.1.0" },
    ]);
    const names = async (ring: "ga" | "ring0", rules: typeof ga) =>
      (await readFacts(store, { ...RELEASE, ring }, rules, registerOf(), SINCE)).machines.map(({ machine }) => machine);
    expect(await names("ga", ga)).toEqual([offered, running].toSorted());
    expect(await names("ga", { ...ga, machines: { ...ga.machines, offeredOnly: false } })).toHaveLength(3);
  });

  it("compare with the version that the same computers ran before, or that others run now", async () => {
    const store = createMemoryStore();
    for (const machine of MACHINES) await store.enrol(machine, "ring0");
    const [first, second] = MACHINES as [string, string];
    const failure = stateOf("0.1.0", [
      { kind: "usable", startMs: 900 },
      { kind: "operation", operation: "seek", succeeded: false },
    ]);
    const older = (machine: string, daysAgo: number, version = "0.1.0") => ({
      ...normalizedState({ machine, session: `${machine} ${daysAgo}`, seq: 1, at: SINCE - daysAgo * DAY_MS }, failure),
      version,
    });
    await store.take([
      older(first, 2),
      older(second, 27),
      older(first, 29),
      older(first, 1, "0.0.9"),
      older(first, -1),
    ]);
    const facts = await readFacts(store, RELEASE, ring0, registerOf(), SINCE + 2 * DAY_MS);
    expect(facts.comparison).toMatchObject({ with: "before", version: "0.1.0" });
    expect(facts.comparison?.days.map(({ machine, failed }) => [machine, failed])).toEqual(
      [first, second].toSorted().map((machine) => [machine, 1]),
    );
    expect(facts.comparison?.durations).toHaveLength(2);
    const rest = { ...ring0, change: { ...ring0.change, with: "rest" as const } };
    const atTheSameTime = await readFacts(store, RELEASE, rest, registerOf(), SINCE + 2 * DAY_MS);
    expect(atTheSameTime.comparison?.days).toMatchObject([{ machine: first, day: FIRST_DAY + DAY_MS }]);
    expect((await readFacts(createMemoryStore(), RELEASE, ring0, registerOf(), SINCE)).comparison).toBeNull();
  });

  it("compare with the 28 days before the release, and not with its own first day", async () => {
    const [machine] = MACHINES as [string];
    const daysOf = async (since: number) => {
      const store = createMemoryStore();
      await store.enrol(machine, "ring0");
      await store.take(
        [-29, -28, -1, 0].map((day) => ({
          ...normalizedState(
            { machine, session: `day ${day}`, seq: 1, at: FIRST_DAY + day * DAY_MS },
            stateOf("0.1.0", []),
          ),
          version: "0.1.0",
        })),
      );
      const { comparison } = await readFacts(store, { ...RELEASE, since }, ring0, registerOf(), SINCE + DAY_MS);
      return comparison?.days.map(({ day }) => (day - FIRST_DAY) / DAY_MS);
    };
    // A day on which the release began counts for the version before, unless it began with the day.
    expect(await daysOf(FIRST_DAY)).toEqual([-28, -1]);
    expect(await daysOf(SINCE)).toEqual([-28, -1, 0]);
  });

  it("name the operating systems that are common in the next ring and missing in this one", async () => {
    const store = createMemoryStore();
    const [here, next, other] = MACHINES as [string, string, string];
    await store.enrol(here, "ring0");
    for (const machine of [next, other]) await store.enrol(machine, "ring1");
    const heard = (machine: string, platform: string) => ({
      ...normalizedState({ machine, session: machine, seq: 1, at: SINCE }, stateOf("0.2.0", [])),
      platform,
    });
    await store.take([heard(here, "linux/x64"), heard(next, "linux/x64"), heard(other, "windows/x64")]);
    const missing = async (platformShare: number) =>
      (
        await readFacts(
          store,
          RELEASE,
          { ...ring0, machines: { ...ring0.machines, platformShare } },
          registerOf(),
          SINCE,
        )
      ).missingPlatforms;
    expect([await missing(0.5), await missing(0.51)]).toEqual([["windows/x64"], []]);
  });

  it("join the enrolments of one computer to one day of one computer, and count nothing of silent ones", async () => {
    const store = createMemoryStore();
    const [first, second, silent] = MACHINES as [string, string, string];
    for (const machine of MACHINES) await store.enrol(machine, "ring0");
    const used = (operations: number, highest: number, failed: boolean) => ({
      ...stateOf("0.2.0", [{ kind: "operation", operation: failed ? "seek" : "play", succeeded: !failed }]),
      memory: { private: highest, highest },
      uptimeMs: operations,
      features: failed ? [] : ["play" as const],
    });
    const [early, late] = [SINCE + HOUR_MS, SINCE + 5 * HOUR_MS];
    await store.take([
      normalizedState({ machine: first, session: "a", seq: 1, at: late }, used(1, 100, false)),
      normalizedState({ machine: second, session: "b", seq: 1, at: early }, used(1, 300, true)),
    ]);
    const register = { ...registerOf(), computerOf: (pseudonym: string) => (pseudonym === second ? first : pseudonym) };
    const { machines, counts, days } = await readFacts(store, RELEASE, ring0, register, SINCE + 6 * HOUR_MS);
    expect(machines.find(({ machine }) => machine === first)).toMatchObject({
      operations: 2,
      failed: 1,
      memory: [{ day: FIRST_DAY / DAY_MS, highest: 300 }],
      features: ["play"],
      firstAt: early,
      lastAt: late,
    });
    expect(machines.find(({ machine }) => machine === silent)).toMatchObject({
      operations: 0,
      failed: 0,
      firstAt: undefined,
      lastAt: undefined,
    });
    expect([machines.length, counts.length, days.length]).toEqual([2, 1, 1]);
  });

  it("use the lower one of two scores that came from one computer", async () => {
    const store = createMemoryStore();
    const [first, second] = MACHINES as [string, string];
    await store.take([
      normalizedAnswer({ machine: first, session: "a", seq: 1, at: SINCE }, 9),
      normalizedAnswer({ machine: second, session: "b", seq: 1, at: SINCE }, 3),
    ]);
    const register = { ...registerOf(), computerOf: () => "one computer" };
    expect((await readFacts(store, RELEASE, ring0, register, SINCE)).scores).toEqual([3]);
    expect((await readFacts(store, RELEASE, ring0, registerOf(), SINCE)).scores.toSorted((a, b) => a - b)).toEqual([
      3, 9,
    ]);
  });

  it("ask for the half hours in which one computer less failed than a halt needs, and at least one", async () => {
    const store = createMemoryStore();
    const asked: number[] = [];
    const reader: typeof store = {
      ...store,
      windows: (ring, version, from, failing) => {
        asked.push(failing);
        return store.windows(ring, version, from, failing);
      },
    };
    for (const haltComputers of [1, 2, 3]) {
      const rules = { ...ring0, machines: { ...ring0.machines, haltComputers } };
      await readFacts(reader, RELEASE, rules, registerOf(), SINCE);
    }
    expect(asked).toEqual([1, 1, 2]);
  });
});

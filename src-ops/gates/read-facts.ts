import { type Ring, RINGS } from "../../src-shared/license/index.ts";
import { HOUR, type UnixMs } from "../../src-shared/units.ts";
import { byComputer, type ComputerOf, enrolledByComputer, grouped } from "./computers.ts";
import { added } from "./counters.ts";
import type {
  Comparison,
  ComputerCounts,
  ComputerDay,
  Counters,
  DayOperations,
  Enrolled,
  MachineFacts,
  ReleaseFacts,
  WindowCounts,
} from "./facts.ts";
import { medianOf } from "./statistics.ts";
import { DAY_MS } from "./normalized-events.ts";
import type { RingPolicy } from "./policy.ts";
import type { AggregateReader, RunningRelease } from "./reader.ts";
import { type IsGenuine, securityOf } from "./refusals.ts";

/** What the publisher's register says about licenses and computers. */
export type RegisterFacts = { readonly isGenuine: IsGenuine; readonly computerOf: ComputerOf };

/** Collects the input of a verdict. */
export async function readFacts(
  reader: AggregateReader,
  release: RunningRelease,
  policy: RingPolicy,
  { isGenuine, computerOf }: RegisterFacts,
  now: UnixMs,
): Promise<ReleaseFacts> {
  const { ring, version, since, countsFrom, pooled } = release;
  const { halt, pooledWith } = policy.errors;
  const days = await daysOf(reader, release, computerOf);
  const enrolled = enrolledByComputer(await reader.enrolled(release), computerOf);
  const totals = new Map([...days].map(([machine, ofMachine]) => [machine, totalOfDays(ofMachine)]));
  const machines = enrolled.map((one) =>
    machineFacts(one, days.get(one.machine) ?? [], since, totals.get(one.machine)),
  );
  const recent = await reader.recent(ring, version, Math.max(countsFrom, now - halt.hours * HOUR * 1_000));
  // With one computer less than a halt needs, the gate already holds.
  const failing = Math.max(1, policy.machines.haltComputers - 1);
  const windows = await reader.windows(ring, version, countsFrom, failing);
  const findings = await reader.findings(release);
  const scores = await reader.scores(release);
  const counting = policy.machines.offeredOnly ? machines.filter(isOffered) : machines;
  return {
    ring,
    now,
    since,
    machines: counting,
    counts: [...totals].map(([machine, counts]): ComputerCounts => ({ machine, counts })),
    days: [...days.values()].flatMap((ofMachine) => ofMachine.map(operationsOfDay)),
    durations: withComputers(await reader.durations(ring, version, countsFrom, FOREVER), computerOf),
    pooled: pooledWith === null ? null : pooled,
    comparison: await comparisonFor(reader, release, policy, computerOf),
    missingPlatforms: missingIn(enrolled, await platformsOfNextRing(reader, release), policy),
    recent: byComputer(recent, computerOf),
    windows: windows.map(({ at, computers }) => ({ at, computers: grouped(computers, computerOf, joinAttempts) })),
    security: securityOf(
      findings.map((finding) => ({ ...finding, machine: computerOf(finding.machine) })),
      isGenuine,
    ),
    lastCrashAt: await reader.lastCrashAt(ring, version, countsFrom),
    scores: grouped(scores, computerOf, (a, b) => (a.score < b.score ? a : b)).map(({ score }) => score),
    asked: counting.length,
    tickets: await reader.tickets(ring),
    reached: await reader.reached(),
  };
}

/** What every computer of the ring reported about the release. */
export async function readMachines(
  reader: AggregateReader,
  release: RunningRelease,
  computerOf: ComputerOf = (pseudonym) => pseudonym,
): Promise<readonly MachineFacts[]> {
  const days = await daysOf(reader, release, computerOf);
  const enrolled = enrolledByComputer(await reader.enrolled(release), computerOf);
  return enrolled.map((one) => {
    const ofMachine = days.get(one.machine) ?? [];
    return machineFacts(one, ofMachine, release.since, ofMachine.length > 0 ? totalOfDays(ofMachine) : undefined);
  });
}

// What seems to be older than the release comes from wrong clocks.
async function daysOf(reader: AggregateReader, release: RunningRelease, computerOf: ComputerOf): Promise<Days> {
  const { ring, version, since, countsFrom } = release;
  return daysByComputer(await reader.days(ring, version, countsFrom), computerOf, since - (since % DAY_MS));
}

/** No end. */
const FOREVER = Number.MAX_SAFE_INTEGER;

/** GA gives the build to a share of the computers: only those that were offered it can be expected to run it. */
function isOffered({ steps, lastAt }: MachineFacts): boolean {
  return lastAt !== undefined || Object.values(steps).some((at) => at !== undefined);
}

type Days = ReadonlyMap<string, readonly ComputerDay[]>;

/** Days of each computer, the oldest first. Earlier days count as the first one. */
function daysByComputer(days: readonly ComputerDay[], computerOf: ComputerOf, firstDay: UnixMs): Days {
  const found = new Map<string, ComputerDay[]>();
  for (const one of days) {
    const machine = computerOf(one.machine);
    const day = Math.max(one.day, firstDay);
    const known = found.get(machine);
    const named = one.machine === machine && one.day === day ? one : { ...one, machine, day };
    if (!known) found.set(machine, [named]);
    else {
      const index = known.findIndex((other) => other.day === day);
      if (index < 0) known.push(named);
      else known[index] = joinDays(known[index] as ComputerDay, one);
    }
  }
  for (const ofMachine of found.values()) ofMachine.sort((a, b) => a.day - b.day);
  return found;
}

function joinDays(a: ComputerDay, b: ComputerDay): ComputerDay {
  return {
    ...a,
    counts: added(a.counts, b.counts),
    surplus: a.surplus + b.surplus,
    memoryHighest: Math.max(a.memoryHighest, b.memoryHighest),
    features: [...new Set([...a.features, ...b.features])].toSorted(),
    firstAt: Math.min(a.firstAt, b.firstAt),
    lastAt: Math.max(a.lastAt, b.lastAt),
  };
}

const totalOfDays = (days: readonly ComputerDay[]) => days.map(({ counts }) => counts).reduce(added);

function operationsOfDay({ machine, day, counts }: ComputerDay): DayOperations {
  const { operations, failed, sessions, crashes } = counts;
  return { machine, day, operations, failed, sessions, crashes };
}

function machineFacts(
  enrolled: Enrolled,
  days: readonly ComputerDay[],
  since: UnixMs,
  total: Counters | undefined,
): MachineFacts {
  const [first] = days;
  return {
    ...enrolled,
    operations: total?.operations ?? 0,
    failed: total?.failed ?? 0,
    surplus: days.reduce((sum, { surplus }) => sum + surplus, 0),
    memory: days.map(({ day, memoryHighest }) => ({ day: day / DAY_MS, highest: memoryHighest })),
    features: [...new Set(days.flatMap(({ features }) => features))].toSorted(),
    firstAt: first && Math.max(since, Math.min(...days.map(({ firstAt }) => firstAt))),
    lastAt: first && Math.max(since, ...days.map(({ lastAt }) => lastAt)),
  };
}

/** The version before, on the same computers in the weeks before; in GA on those that run it at the same time. */
async function comparisonFor(
  reader: AggregateReader,
  { ring, version, since }: RunningRelease,
  { change }: RingPolicy,
  computerOf: ComputerOf,
): Promise<Comparison | null> {
  const from = Math.max(0, since - change.days * DAY_MS);
  const before = await reader.versionBefore(ring, version, from, since);
  if (before === undefined) return null;
  const start = change.with === "rest" ? since : from;
  const days = await reader.days(ring, before, start - (start % DAY_MS));
  const counted = change.with === "rest" ? days : days.filter(({ day }) => day < since);
  const byMachine = daysByComputer(counted, computerOf, 0);
  return {
    with: change.with,
    version: before,
    days: [...byMachine.values()].flatMap((ofMachine) => ofMachine.map(operationsOfDay)),
    durations: withComputers(await reader.durations(ring, before, from, FOREVER), computerOf),
    memory: [...byMachine].map(([machine, ofMachine]) => ({
      machine,
      highest: medianOf(ofMachine.map(({ memoryHighest }) => memoryHighest)) ?? 0,
    })),
  };
}

function withComputers<T extends { readonly machine: string }>(all: readonly T[], computerOf: ComputerOf) {
  return all.map((one) => {
    const machine = computerOf(one.machine);
    return machine === one.machine ? one : { ...one, machine };
  });
}

async function platformsOfNextRing(reader: AggregateReader, { ring, build }: RunningRelease) {
  const next: Ring | undefined = RINGS[RINGS.indexOf(ring) + 1];
  return next === undefined ? [] : (await reader.enrolled({ ring: next, build })).map(({ platform }) => platform);
}

/** Platforms that at least `share` of the next ring's computers have, and none of this ring's. */
function missingIn(
  enrolled: readonly Enrolled[],
  next: readonly (string | undefined)[],
  { machines: { platformShare } }: RingPolicy,
): readonly string[] {
  const here = new Set(enrolled.map(({ platform }) => platform));
  const known = next.filter((platform) => platform !== undefined);
  const counts = Map.groupBy(known, (platform) => platform);
  return [...counts]
    .filter(([platform, those]) => !here.has(platform) && those.length >= platformShare * known.length)
    .map(([platform]) => platform)
    .toSorted();
}

function joinAttempts(a: WindowCounts, b: WindowCounts): WindowCounts {
  return { ...a, attempts: a.attempts + b.attempts, attemptsFailed: a.attemptsFailed + b.attemptsFailed };
}

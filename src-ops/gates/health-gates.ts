import { DAY, HOUR } from "../../src-shared/units.ts";
import { evidenceAgainst, logLikelihoodRatio, logRateRatio, RATE_FACTORS, type Sample, worseThan } from "./evidence.ts";
import type { ComputerCounts, Exposure, ReleaseFacts } from "./facts.ts";
import { type Gate, type GateName, gateOf, shareGate } from "./gate.ts";
import { haltingEvidence } from "./halting.ts";
import type { RingPolicy } from "./policy.ts";
import { exposureOf, type HaltingLimit, judgeByMany, totalOf } from "./robust.ts";
import { quantileOf } from "./statistics.ts";

/** The gates about the app itself: crashes, failures, speed, memory. */
export function healthGates(facts: ReleaseFacts, policy: RingPolicy): readonly Gate[] {
  const { errors, starts, verdicts } = policy;
  return [
    securityGate(facts, policy),
    crashGate(facts, policy),
    crashRateGate(facts, policy),
    sequentialGate(facts, policy),
    surgeGate(facts, policy),
    pooledShare("errors", "failed", "operations", facts, policy, errors.below),
    ...ownErrorsGate(facts, policy),
    pooledShare("starts", "slowStarts", "starts", facts, policy, starts.below),
    pooledShare("verdicts", "slowVerdicts", "verdicts", facts, policy, verdicts.below),
    memoryGate(facts, policy),
    uptimeGate(facts, policy),
    availabilityGate(facts, policy),
  ];
}

type FailureCount = "failed" | "slowStarts" | "slowVerdicts" | "attemptsFailed";
type ExposureCount = "operations" | "starts" | "verdicts" | "attempts";

// Every failure counts, but what a computer did counts only up to its weight: nobody can drown the failures of others.
function pooledShare(
  gate: GateName,
  failed: FailureCount,
  of: ExposureCount,
  { counts, pooled }: ReleaseFacts,
  { machines: { weight }, evidence }: RingPolicy,
  limit: number,
): Gate {
  const failures = totalOf(counts, failed) + (pooled?.[failed] ?? 0);
  return shareGate(gate, failures, exposureOf(counts, of, weight) + (pooled?.[of] ?? 0), limit, evidence.pass);
}

/** What counts of a ring and of those before it: the next ring begins with it. */
export function exposureSoFar({ counts, pooled }: ReleaseFacts, { machines: { weight } }: RingPolicy): Exposure {
  const done = (of: ExposureCount) => Math.floor(exposureOf(counts, of, weight)) + (pooled?.[of] ?? 0);
  const failed = (of: FailureCount) => totalOf(counts, of) + (pooled?.[of] ?? 0);
  return {
    operations: done("operations"),
    failed: failed("failed"),
    attempts: done("attempts"),
    attemptsFailed: failed("attemptsFailed"),
    starts: done("starts"),
    slowStarts: failed("slowStarts"),
    verdicts: done("verdicts"),
    slowVerdicts: failed("slowVerdicts"),
  };
}

// The ring before did most of the work: it must not hide that the release fails here.
function ownErrorsGate({ counts }: ReleaseFacts, { errors, machines, evidence }: RingPolicy): readonly Gate[] {
  if (errors.ownBelow === null) return [];
  const of = exposureOf(counts, "operations", machines.weight);
  return [shareGate("ownerrors", totalOf(counts, "failed"), of, errors.ownBelow, evidence.pass)];
}

// Only refusals for which the release is to blame count here. Another artefact may have been manipulated: it is reported
// but halts nothing, otherwise one edited license could stop a release for everyone.
function securityGate({ security }: ReleaseFacts, { machines }: RingPolicy): Gate {
  const { genuineMachines, unexplained } = security;
  const isUnclear = genuineMachines > 0 || unexplained > 0;
  const outcome = genuineMachines >= machines.haltComputers ? "halt" : isUnclear ? "hold" : "pass";
  return gateOf("security", outcome, "count", genuineMachines, 0);
}

// A crash of the main process ends the app. The others are repaired while it runs: they halt by their rate only.
function crashGate({ counts, lastCrashAt, now }: ReleaseFacts, { crashes, machines }: RingPolicy): Gate {
  const total = totalOf(counts, "crashes");
  if (total === 0) return gateOf("crashes", "pass", "count", 0, 0);
  const crashed = counts.filter((one) => one.counts.crashes > 0).map(({ machine }) => machine);
  const fatally = counts.filter((one) => one.counts.fatalCrashes > 0).length;
  const isHalt = crashes.halts && fatally >= machines.haltComputers;
  if (isHalt) return gateOf("crashes", "halt", "count", total, 0, { computers: crashed });
  const quiet = lastCrashAt === undefined ? 0 : (now - lastCrashAt) / MS_PER_HOUR;
  const missing = { what: "hours without a crash", have: quiet, need: crashes.quietHours } as const;
  // Where a fatal crash halts, a quiet time does not make up for one: another computer could follow.
  return quiet >= crashes.quietHours && !(crashes.halts && fatally > 0)
    ? gateOf("crashes", "pass", "count", total, 0)
    : gateOf("crashes", "hold", "count", total, 0, { missing, computers: crashed });
}

function crashRateGate(facts: ReleaseFacts, policy: RingPolicy): Gate {
  const { crashes, evidence } = policy;
  const { outcome, evidence: against } = haltingEvidence(facts.days, {
    ...commonTest(facts, policy),
    components: RATE_FACTORS.map(
      (factor) => (sample: Sample) => logRateRatio(sample.failed, crashes.perSession * sample.of, factor),
    ),
    sampleOf: (day) => ({ failed: day.crashes, of: day.sessions }),
  });
  return gateOf("crashrate", outcome, "evidence", against, evidence.halt);
}

// Only this ring counts: the results of the same build in another ring say nothing about a problem here.
function sequentialGate(facts: ReleaseFacts, policy: RingPolicy): Gate {
  const { errors, evidence } = policy;
  const { outcome, evidence: against } = haltingEvidence(facts.days, {
    ...commonTest(facts, policy),
    components: worseThan(errors.below).map((share) => logLikelihoodRatio(share, errors.below)),
    sampleOf: (day) => ({ failed: day.failed, of: day.operations }),
  });
  return gateOf("sequential", outcome, "evidence", against, evidence.halt);
}

function commonTest(facts: ReleaseFacts, { evidence, longestHours, machines }: RingPolicy) {
  const horizon = Math.ceil((longestHours * HOUR) / DAY);
  return { needed: evidence.halt, horizon, computers: machines.haltComputers, ringSize: ringSize(facts) };
}

// The sequential test includes every earlier success of a day, so it reacts slowly to a late problem; this gate reacts fast.
// It begins again with every look, so it needs more evidence.
function surgeGate(facts: ReleaseFacts, { errors, machines }: RingPolicy): Gate {
  const { rate, operations, evidence } = errors.halt;
  const isProven = (recent: Sample) => evidenceAgainst(recent, errors.below) >= evidence;
  const { against, isOver } = overShare(rate);
  const { outcome, sample } = judgeByMany(
    operationsOf(facts.recent),
    { against, isOver: (recent) => isOver(recent) && isProven(recent), least: operations },
    machines.haltComputers,
    ringSize(facts),
  );
  return gateOf("surge", outcome, "share", sample.of > 0 ? sample.failed / sample.of : null, rate);
}

function operationsOf(computers: readonly ComputerCounts[]): readonly Sample[] {
  return computers.map(({ counts }) => ({ failed: counts.failed, of: counts.operations }));
}

function overShare(limit: number): Pick<HaltingLimit, "against" | "isOver"> {
  return {
    against: ({ failed, of }) => failed - limit * of,
    isOver: ({ failed, of }) => failed > limit * of,
  };
}

function ringSize({ machines, counts }: ReleaseFacts): number {
  return Math.max(machines.length, counts.length);
}

// One session out of ten may need more for a moment. A leak shows in the growth from day to day.
function memoryGate({ machines }: ReleaseFacts, { memory }: RingPolicy): Gate {
  const highs = machines.flatMap((one) => one.memory.map(({ highest }) => highest)).filter((highest) => highest > 0);
  const value = quantileOf(highs, MEMORY_QUANTILE);
  const computers = machines.filter((one) => one.memory.some(({ highest }) => highest >= memory.bytes));
  const isGood = value !== null && value < memory.bytes;
  return gateOf("memory", isGood ? "pass" : "hold", "bytes", value, memory.bytes, {
    computers: isGood ? [] : computers.map(({ machine }) => machine),
  });
}

const MEMORY_QUANTILE = 0.9;

function uptimeGate({ counts }: ReleaseFacts, { uptime, machines }: RingPolicy): Gate {
  const time = exposureOf(counts, "uptimeMs", machines.weight);
  const value = time > 0 ? Math.max(0, 1 - totalOf(counts, "downMs") / time) : null;
  return gateOf("uptime", value !== null && value >= uptime.share ? "pass" : "hold", "share", value, uptime.share);
}

function availabilityGate(facts: ReleaseFacts, policy: RingPolicy): Gate {
  const { share, unavailableMinutes } = policy.availability;
  const worst = worstWindow(facts, policy);
  if (worst?.outcome === "halt") return worst;
  // A halt would not help, but a release is not promoted while the feed or the ingest is out of reach.
  const hours = hoursUnreachable(facts);
  const mostHours = unavailableMinutes / 60;
  if (hours > mostHours) return gateOf("availability", "fail", "hours", hours, mostHours);
  return worst ?? pooledShare("availability", "attemptsFailed", "attempts", facts, policy, 1 - share);
}

/** The half hour that halts the release, or one in which too few computers failed for that. */
function worstWindow(facts: ReleaseFacts, { availability, machines }: RingPolicy): Gate | undefined {
  const { attempts: least, haltBelow } = availability;
  const limit = { ...overShare(1 - haltBelow), least };
  let doubtful: Gate | undefined;
  for (const { computers } of facts.windows) {
    const samples = computers.map(({ attempts, attemptsFailed }) => ({ failed: attemptsFailed, of: attempts }));
    const { outcome, sample } = judgeByMany(samples, limit, machines.haltComputers, ringSize(facts));
    const served = sample.of > 0 ? 1 - sample.failed / sample.of : null;
    if (outcome === "halt") return gateOf("availability", "halt", "share", served, haltBelow);
    if (outcome === "hold") doubtful ??= gateOf("availability", "hold", "share", served, haltBelow);
  }
  return doubtful;
}

function hoursUnreachable({ reached, now }: ReleaseFacts): number {
  return Math.max(0, ...reached.map(({ at }) => (now - at) / MS_PER_HOUR));
}

const MS_PER_HOUR = HOUR * 1_000;

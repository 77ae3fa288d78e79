import { HOUR } from "../../src-shared/units.ts";
import type { ComputerCounts, Counters, ReleaseFacts } from "./facts.ts";
import { type Gate, type GateName, gateOf, shareGate } from "./gate.ts";
import type { RingPolicy } from "./policy.ts";
import { type Exposure, exposureOf, type HaltingLimit, judgeByMany, type Sample, totalOf } from "./robust.ts";
import { evidenceAgainst, evidenceNeeded } from "./sequential.ts";

/** The gates about the app itself: crashes, failures, speed, memory. */
export function healthGates(facts: ReleaseFacts, policy: RingPolicy): readonly Gate[] {
  const { errors, starts, verdicts } = policy;
  return [
    securityGate(facts, policy),
    crashGate(facts, policy),
    sequentialGate(facts, policy),
    surgeGate(facts, policy),
    pooledShare("errors", "failed", "operations", facts, policy, errors.below, errors.confidence),
    pooledShare("starts", "slowStarts", "starts", facts, policy, starts.below, starts.confidence),
    pooledShare("verdicts", "slowVerdicts", "verdicts", facts, policy, verdicts.below, verdicts.confidence),
    memoryGate(facts, policy),
    uptimeGate(facts, policy),
    availabilityGate(facts, policy),
  ];
}

// Every failure counts, but what a computer did counts only up to its weight: nobody can drown the failures of others.
function pooledShare(
  gate: GateName,
  failed: keyof Counters,
  of: Exposure,
  { counts, pooled }: ReleaseFacts,
  { machines: { weight } }: RingPolicy,
  limit: number,
  confidence: number,
): Gate {
  const failures = totalOf(counts, failed) + totalOf(pooled, failed);
  return shareGate(gate, failures, exposureOf(counts, of, weight) + exposureOf(pooled, of, weight), limit, confidence);
}

// Only refusals for which the release is to blame count here. Another artefact may have been manipulated: it is reported
// but halts nothing, otherwise one edited license could stop a release for everyone.
function securityGate({ security }: ReleaseFacts, { machines }: RingPolicy): Gate {
  const { genuineMachines, unexplained } = security;
  const isUnclear = genuineMachines > 0 || unexplained > 0;
  const outcome = genuineMachines >= machines.haltComputers ? "halt" : isUnclear ? "hold" : "pass";
  return gateOf("security", outcome, "count", genuineMachines, 0);
}

function crashGate({ counts, lastCrashAt, now }: ReleaseFacts, { crashes, machines }: RingPolicy): Gate {
  const total = totalOf(counts, "crashes");
  if (total === 0) return gateOf("crashes", "pass", "count", 0, 0);
  const crashed = counts.filter((one) => one.counts.crashes > 0).length;
  if (crashes.halts && crashed >= machines.haltComputers) return gateOf("crashes", "halt", "count", total, 0);
  const quiet = lastCrashAt === undefined ? 0 : (now - lastCrashAt) / MS_PER_HOUR;
  const missing = { what: "hours without a crash", have: quiet, need: crashes.quietHours } as const;
  // Where crashes halt, a quiet time does not make up for one: another computer could follow.
  return quiet >= crashes.quietHours && !crashes.halts
    ? gateOf("crashes", "pass", "count", total, 0)
    : gateOf("crashes", "hold", "count", total, 0, missing);
}

// Only this ring counts: the results of the same build in another ring say nothing about a problem here.
function sequentialGate(facts: ReleaseFacts, { errors, machines }: RingPolicy): Gate {
  const needed = evidenceNeeded(errors.sequential);
  const against = ({ failed, of }: Sample) => evidenceAgainst(failed, of, errors.sequential);
  const limit = { against, isOver: (sample: Sample) => against(sample) >= needed, least: 0 };
  const { outcome, sample } = judgeByMany(operationsOf(facts.counts), limit, machines.haltComputers, ringSize(facts));
  return gateOf("sequential", outcome, "evidence", against(sample), needed);
}

// The sequential test includes every earlier success, so it reacts slowly to a late problem; this gate reacts fast.
function surgeGate(facts: ReleaseFacts, { errors, machines }: RingPolicy): Gate {
  const { rate, operations } = errors.halt;
  const { outcome, sample } = judgeByMany(
    operationsOf(facts.recent),
    { ...overShare(rate), least: operations },
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

function memoryGate({ machines }: ReleaseFacts, { memory }: RingPolicy): Gate {
  let highest: number | null = null;
  for (const { memoryHighest, lastAt } of machines) {
    if (lastAt !== undefined) highest = Math.max(highest ?? 0, memoryHighest);
  }
  return gateOf("memory", highest !== null && highest < memory.bytes ? "pass" : "hold", "bytes", highest, memory.bytes);
}

function uptimeGate({ counts }: ReleaseFacts, { uptime, machines }: RingPolicy): Gate {
  const time = exposureOf(counts, "uptimeMs", machines.weight);
  const value = time > 0 ? Math.max(0, 1 - totalOf(counts, "downMs") / time) : null;
  return gateOf("uptime", value !== null && value >= uptime.share ? "pass" : "hold", "share", value, uptime.share);
}

function availabilityGate(facts: ReleaseFacts, policy: RingPolicy): Gate {
  const { share, confidence, unavailableMinutes } = policy.availability;
  const worst = worstWindow(facts, policy);
  if (worst?.outcome === "halt") return worst;
  // A halt would not help, but a release is not promoted while the feed or the ingest is out of reach.
  const hours = hoursUnreachable(facts);
  const mostHours = unavailableMinutes / 60;
  if (hours > mostHours) return gateOf("availability", "fail", "hours", hours, mostHours);
  return worst ?? pooledShare("availability", "attemptsFailed", "attempts", facts, policy, 1 - share, confidence);
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

import { HOUR } from "../../src-shared/units.ts";
import type { Counters, ReleaseFacts } from "./facts.ts";
import { type Gate, gateOf, shareGate } from "./gate.ts";
import type { RingPolicy } from "./policy.ts";
import { evidenceAgainst, evidenceNeeded } from "./sequential.ts";

/** The gates about the app itself: crashes, failures, speed, memory. */
export function healthGates(facts: ReleaseFacts, policy: RingPolicy): readonly Gate[] {
  const { totals, pooled } = facts;
  const { starts, verdicts } = policy;
  const sum = (name: keyof Counters) => totals[name] + pooled[name];
  return [
    securityGate(facts, policy),
    crashGate(facts, policy),
    sequentialGate(facts, policy),
    surgeGate(facts, policy),
    shareGate("errors", sum("failed"), sum("operations"), policy.errors.below, policy.errors.confidence),
    shareGate("starts", sum("slowStarts"), sum("starts"), starts.below, starts.confidence),
    shareGate("verdicts", sum("slowVerdicts"), sum("verdicts"), verdicts.below, verdicts.confidence),
    memoryGate(facts, policy),
    uptimeGate(facts, policy),
    availabilityGate(facts, policy),
  ];
}

// Only refusals for which the release is to blame count here. Another artefact may have been manipulated: it is reported
// but halts nothing, otherwise one edited license could stop a release for everyone.
function securityGate({ security }: ReleaseFacts, policy: RingPolicy): Gate {
  const { genuineMachines, unexplained } = security;
  const isUnclear = genuineMachines > 0 || unexplained > 0;
  const outcome = genuineMachines >= policy.security.haltMachines ? "halt" : isUnclear ? "hold" : "pass";
  return gateOf("security", outcome, "count", genuineMachines, 0);
}

function crashGate({ totals, lastCrashAt, now }: ReleaseFacts, { crashes }: RingPolicy): Gate {
  if (totals.crashes === 0) return gateOf("crashes", "pass", "count", 0, 0);
  if (crashes.halts) return gateOf("crashes", "halt", "count", totals.crashes, 0);
  const quiet = lastCrashAt === undefined ? 0 : (now - lastCrashAt) / MS_PER_HOUR;
  const missing = { what: "hours without a crash", have: quiet, need: crashes.quietHours } as const;
  return quiet >= crashes.quietHours
    ? gateOf("crashes", "pass", "count", totals.crashes, 0)
    : gateOf("crashes", "hold", "count", totals.crashes, 0, missing);
}

// Only this ring counts: the results of the same build in another ring say nothing about a problem here.
function sequentialGate({ totals }: ReleaseFacts, { errors }: RingPolicy): Gate {
  const evidence = evidenceAgainst(totals.failed, totals.operations, errors.sequential);
  const needed = evidenceNeeded(errors.sequential);
  return gateOf("sequential", evidence >= needed ? "halt" : "pass", "evidence", evidence, needed);
}

// The sequential test includes every earlier success, so it reacts slowly to a late problem; this gate reacts fast.
function surgeGate({ recent }: ReleaseFacts, { errors }: RingPolicy): Gate {
  const { rate, operations } = errors.halt;
  const value = recent.operations > 0 ? recent.failed / recent.operations : null;
  const isSurge = recent.operations >= operations && recent.failed > rate * recent.operations;
  return gateOf("surge", isSurge ? "halt" : "pass", "share", value, rate);
}

function memoryGate({ machines }: ReleaseFacts, { memory }: RingPolicy): Gate {
  let highest: number | null = null;
  for (const { memoryHighest, lastAt } of machines) {
    if (lastAt !== undefined) highest = Math.max(highest ?? 0, memoryHighest);
  }
  return gateOf("memory", highest !== null && highest < memory.bytes ? "pass" : "hold", "bytes", highest, memory.bytes);
}

function uptimeGate({ totals }: ReleaseFacts, { uptime }: RingPolicy): Gate {
  const value = totals.uptimeMs > 0 ? (totals.uptimeMs - totals.downMs) / totals.uptimeMs : null;
  return gateOf("uptime", value !== null && value >= uptime.share ? "pass" : "hold", "share", value, uptime.share);
}

function availabilityGate(facts: ReleaseFacts, { availability }: RingPolicy): Gate {
  const { totals, pooled, windows } = facts;
  const { attempts: least, haltBelow, share, confidence, unavailableMinutes } = availability;
  for (const { attempts, attemptsFailed } of windows) {
    const served = attempts - attemptsFailed;
    if (attempts >= least && served < haltBelow * attempts) {
      return gateOf("availability", "halt", "share", served / attempts, haltBelow);
    }
  }
  // A halt would not help, but a release is not promoted while the feed or the ingest is out of reach.
  const hours = hoursUnreachable(facts);
  const mostHours = unavailableMinutes / 60;
  if (hours > mostHours) return gateOf("availability", "fail", "hours", hours, mostHours);
  const failed = totals.attemptsFailed + pooled.attemptsFailed;
  return shareGate("availability", failed, totals.attempts + pooled.attempts, 1 - share, confidence);
}

function hoursUnreachable({ reached, now }: ReleaseFacts): number {
  return Math.max(0, ...reached.map(({ at }) => (now - at) / MS_PER_HOUR));
}

const MS_PER_HOUR = HOUR * 1_000;

export {
  addToDay,
  type Contribution,
  type DaySum,
  insertState,
  type NormalizedState,
  insertIntoSession,
} from "./aggregates.ts";
export { budgetOf, type BudgetState, type Burn, burnsOf } from "./budget.ts";
export { added, COUNTERS, NO_COUNTS, subtracted } from "./counters.ts";
export type { EventStore, StoreCounts } from "./event-store.ts";
export { explain, type ExplainedGate, type ExplainedJudgement } from "./explain.ts";
export type { ComputerOf } from "./computers.ts";
export type {
  AvailabilityWindow,
  ComputerCounts,
  ComputerDay,
  ComputerDurations,
  Counters,
  Enrolled,
  Exposure,
  LastReached,
  MachineFacts,
  ProbeTarget,
  Score,
  Steps,
  Ticket,
  WindowCounts,
} from "./facts.ts";
export type { DurationCount } from "./durations.ts";
export { evidenceFor, shareAtMostAlways } from "./evidence.ts";
export { ERASED } from "./facts.ts";
export type { GateName, Outcome } from "./gate.ts";
export { type Judgement, judgeRelease } from "./judge.ts";
export { hasArrived } from "./machine-gates.ts";
export { DAY_MS, type NormalizedEvent, normalizeEvents, sessionsWithoutVersion, SLOT_MS } from "./normalized-events.ts";
export { HOUR_MS, plausiblePart, surplusOf } from "./plausible.ts";
export { type PolicyFile, readPolicy } from "./policy-file.ts";
export type { BudgetPolicy, Policy, RingPolicy } from "./policy.ts";
export { type LaneName, LANES } from "./promotion-policy.ts";
export { readFacts, readMachines, type RegisterFacts } from "./read-facts.ts";
export { type AggregateReader, type RunningRelease, WINDOW_MS } from "./reader.ts";
export type { Finding, IsGenuine } from "./refusals.ts";
export { totalOf } from "./robust.ts";
export { NO_RING_TARGETS, parseRingTargets, type RingTargets, withValidated } from "./ring-targets.ts";
export { medianOf, shareAtLeast, shareAtMost } from "./statistics.ts";
export { judgedOf, MAX_VERDICT_BYTES, parseValidation, parseVerdict, Validation, validationPath } from "./verdict.ts";
export { Hours, HOURS, isTimeZone, isWithin, TIME_ZONE, windowAt } from "./window.ts";

export {
  addToMachine,
  type Contribution,
  insertState,
  type MachineSum,
  mergeMachines,
  type PlacedState,
  placeState,
} from "./aggregates.ts";
export { added, COUNTERS, countsOf, NO_COUNTS, subtracted } from "./counters.ts";
export { createMemoryStore, type EventStore, type Taken } from "./memory-store.ts";
export { placeEvents, type PlacedEvent, sessionsWithoutVersion, SLOT_MS, type SourceRing } from "./placed.ts";
export {
  type AggregateReader,
  type Finding,
  type IsGenuine,
  readFacts,
  type RunningRelease,
  WINDOW_MS,
} from "./reader.ts";
export { type BudgetState, budgetOf, type Burn, burnsOf, type Exposure } from "./budget.ts";
export { explain, type ExplainedGate, type ExplainedJudgement, type GateTexts, gateTexts } from "./explain.ts";
export type {
  AvailabilityWindow,
  Counters,
  MachineFacts,
  Place,
  Reached,
  ReleaseFacts,
  Steps,
  Ticket,
} from "./facts.ts";
export { type Gate, type GateName, GATES, type Outcome } from "./gate.ts";
export { type Judgement, judgeRelease } from "./judge.ts";
export { hasArrived } from "./machine-gates.ts";
export { medianOf } from "./people-gates.ts";
export {
  type BudgetPolicy,
  MAX_POLICY_BYTES,
  parsePolicy,
  type Policy,
  type RingPolicy,
  SLOW_START_MS,
  SLOW_VERDICT_MS,
} from "./policy.ts";
export { LANES, type LaneName } from "./promotion-policy.ts";
export { NO_RING_TARGETS, parseRingTargets, type RingTargets, withValidated } from "./ring-targets.ts";
export { binomialAtMost, operationsNeeded, shareAtLeast, shareAtMost } from "./statistics.ts";
export { windowAt, type WindowFit } from "./window.ts";
export {
  judgedOf,
  MAX_VERDICT_BYTES,
  parseValidation,
  parseVerdict,
  type Validation,
  validationPath,
  type Verdict,
} from "./verdict.ts";

import type { AlertKind } from "../alerts/index.ts";
import type { ExplainedGate, GateName } from "../../gates/index.ts";
import { gateState } from "../wording/index.ts";
import type { Assessment } from "./assess.ts";
import { HOUR } from "../../../src-shared/units.ts";

/** A pilot is asked after the first good session. Who has not answered after so many hours is asked by a person. */
export const ANSWER_HOURS = 48;

type Sign = (gate: ExplainedGate, assessment: Assessment) => boolean;

const notPassed: Sign = ({ outcome }) => outcome !== "pass";
const failed: Sign = ({ outcome }) => outcome === "fail";
const beyondLimit: Sign = (gate) => ["over", "under", "halt"].includes(gateState(gate));
/** Chance does not explain it. A share above the limit alone may come from the first few operations. */
const certainlyOver: Sign = ({ bound, limit }) => bound !== null && bound.atLeast > limit;
/** Too few computers agree for a halt. */
const doubtful: Sign = ({ outcome, value, sample }) => outcome === "hold" && value !== null && sample === null;
const halted: Sign = ({ outcome }) => outcome === "halt";
const unexplained: Sign = ({ outcome, value }) => outcome === "hold" && value === 0;
/** Computers had their time to report, so only a person can find out why they do not. */
const overdue: Sign = (gate, { limits, since, assessedAt }) =>
  gate.outcome !== "pass" && hoursBetween(since, assessedAt) >= limits.reportedWithinHours;
/** Of a single computer, or of the whole ring, other gates tell. */
const failsInPart: Sign = (gate, assessment) =>
  beyondLimit(gate, assessment) && gate.computers.length > 1 && gate.computers.length < assessment.computers.enrolled;
const untried: Sign = (gate, assessment) => gate.missing !== null && overdue(gate, assessment);
const scoresLow: Sign = ({ outcome, missing }, { scores, limits }) =>
  scores.some((score) => score < limits.lowestScore) || (outcome === "hold" && missing === null);
const unanswered: Sign = (_gate, { scores, asked, since, assessedAt }) =>
  scores.length < asked && hoursBetween(since, assessedAt) >= ANSWER_HOURS;

type Rule = { readonly kind: AlertKind; readonly when: Sign };
const rule = (kind: AlertKind, ...signs: readonly Sign[]): Rule => ({
  kind,
  when: (gate, assessment) => signs.some((sign) => sign(gate, assessment)),
});

/**
 * The incident that each gate opens when it waits for a person: time alone will not let it pass. A gate without a rule waits
 * for time or use; `observation_extended` tells people when that takes longer than planned.
 */
const GATE_INCIDENTS: Readonly<Record<GateName, readonly Rule[]>> = {
  time: [],
  reporting: [rule("machine_silent", failed, overdue)],
  funnel: [rule("machine_silent", failed)],
  unheard: [],
  exposure: [],
  outliers: [rule("computer_outlier", notPassed)],
  classes: [rule("class_failing", failsInPart, untried)],
  security: [rule("refusal_unexplained", unexplained)],
  crashes: [rule("crash", notPassed)],
  crashrate: [rule("crash", notPassed)],
  sequential: [rule("high_error_rate", halted, doubtful)],
  surge: [rule("high_error_rate", halted, doubtful)],
  errors: [rule("high_error_rate", certainlyOver)],
  ownerrors: [rule("high_error_rate", certainlyOver)],
  errorchange: [rule("worse_than_before", notPassed)],
  crashchange: [rule("worse_than_before", notPassed)],
  starts: [rule("performance_degradation", beyondLimit)],
  startchange: [rule("worse_than_before", notPassed)],
  verdicts: [rule("performance_degradation", beyondLimit)],
  verdictchange: [rule("worse_than_before", notPassed)],
  memory: [rule("performance_degradation", beyondLimit)],
  memorychange: [rule("worse_than_before", notPassed)],
  uptime: [rule("downtime", beyondLimit)],
  availability: [rule("high_error_rate", doubtful)],
  feedback: [rule("score_low", scoresLow), rule("pilots_silent", unanswered)],
  tickets: [rule("ticket_open", notPassed)],
  adoption: [],
};

/** The gates that wait for a person, by the kind of their incident. */
export function gatesInNeed(assessment: Assessment): ReadonlyMap<AlertKind, readonly ExplainedGate[]> {
  const found = new Map<AlertKind, ExplainedGate[]>();
  for (const gate of assessment.gates) {
    for (const { kind, when } of GATE_INCIDENTS[gate.gate]) {
      if (when(gate, assessment)) found.set(kind, [...(found.get(kind) ?? []), gate]);
    }
  }
  return found;
}

function hoursBetween(from: number, to: number): number {
  return (to - from) / (HOUR * 1_000);
}

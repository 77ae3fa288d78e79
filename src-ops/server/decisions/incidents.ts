import type { AlertKind } from "../alerts/index.ts";
import type { ExplainedGate, GateName } from "../../gates/index.ts";
import type { Assessment } from "./assess.ts";
import type { Audit } from "./decision-log.ts";
import type { Ring } from "../../../src-shared/license/index.ts";
import { MINUTE } from "../../../src-shared/units.ts";

/** Something wrong with a release, or worth an alert. The same incident has the same id in every evaluation. */
export type Incident = {
  readonly id: string;
  readonly kind: AlertKind;
  readonly ring: Ring;
  readonly version: string;
  readonly detail: string;
  /** A deadline was missed: the first alert goes to the escalation list as well. */
  readonly isLate?: true;
};

/** All incidents of a ring's release. */
export function incidentsOf(assessment: Assessment, log: Audit): readonly Incident[] {
  const { ring, version, since, gates, genuine, suspected, implausible, verdict, isHalted, timeIsUp, burns } =
    assessment;
  const gate = (name: GateName) => gates.find((one) => one.gate === name);
  const found = (kind: AlertKind, detail: string | undefined): Incident[] =>
    detail === undefined ? [] : [{ id: `${ring}-${kind}-${Math.floor(since / 1_000)}`, kind, ring, version, detail }];
  const failing = [gate("surge"), gate("sequential")].filter((one) => one?.outcome === "halt");
  const burning = burns.filter(({ severity }) => severity === "page");
  const slow = ["starts", "verdicts", "memory"].map((name) => gate(name as GateName)).filter(isOverItsLimit);
  const silent = [gate("reporting"), gate("funnel")].filter((one) => one?.outcome === "fail");
  const late = failedHalt(assessment, log);
  return [
    ...found("signature_error", genuine.signature > 0 ? `${genuine.signature} of genuine files` : undefined),
    ...found("antirollback_error", genuine.rollback > 0 ? `${genuine.rollback} of genuine files` : undefined),
    ...found("crash", gate("crashes")?.outcome === "pass" ? undefined : gate("crashes")?.why),
    ...found("ring_halted", isHalted ? whyOf(gates.filter(({ outcome }) => outcome === "halt")) : undefined),
    ...found("high_error_rate", failing.length > 0 || burning.length > 0 ? (gate("errors")?.why ?? "") : undefined),
    ...found("performance_degradation", slow.length > 0 ? whyOf(slow) : undefined),
    ...found(
      "tamper_suspected",
      suspected > 0 ? `${suspected} refusals of files that were altered, or older than before` : undefined,
    ),
    ...found("implausible_telemetry", implausible.length > 0 ? namesOf(implausible) : undefined),
    ...found("machine_silent", silent.length > 0 ? whyOf(silent) : undefined),
    ...found("decision_due", late ?? (timeIsUp ? whyOf(gates.filter(({ outcome }) => outcome === "hold")) : undefined)),
    ...unreachable(assessment),
    ...found(
      "ring_progression",
      verdict === "pass" ? "Every gate has passed: the holders of the ring's keys may promote it." : undefined,
    ),
  ];
}

const MAX_NAMES = 5;
const NAME_LETTERS = 6;

function namesOf(machines: readonly string[]): string {
  const names = machines.slice(0, MAX_NAMES).map((machine) => machine.slice(0, NAME_LETTERS));
  return `${machines.length} computers: ${names.join(", ")}${machines.length > MAX_NAMES ? ", …" : ""}`;
}

// Shorter than the usual time between two evaluations, so that the first failed probe is alerted at once.
const ALERT_AFTER_MS = 4 * MINUTE * 1_000;

/** An outage affects all rings. It has the same id in each of them, so that it is alerted once. */
function unreachable({ ring, version, reached, assessedAt }: Assessment): Incident[] {
  return reached
    .filter(({ at }) => assessedAt - at >= ALERT_AFTER_MS)
    .map(({ place, at }): Incident => {
      const id = `${place}-service_unavailable-${Math.floor(at / 1_000)}`;
      const detail = `${place}: not reached since ${new Date(at).toISOString()}`;
      return { id, kind: "service_unavailable", ring, version, detail };
    });
}

function failedHalt({ ring, build, isHalted, halt }: Assessment, { decisions }: Audit): string | undefined {
  if (!halt || isHalted) return undefined;
  const last = decisions.findLast(
    ({ decision }) => decision.ring === ring && decision.kind.startsWith("halt"),
  )?.decision;
  const isStuck = last?.kind === "halt-failed" && last.build === build;
  return isStuck ? `The release must be halted, but the halt cannot be published: ${last.code}.` : undefined;
}

function isOverItsLimit(gate: ExplainedGate | undefined): gate is ExplainedGate {
  return gate !== undefined && gate.outcome !== "pass" && gate.value !== null && gate.value > gate.limit;
}

function whyOf(gates: readonly (ExplainedGate | undefined)[]): string {
  return gates.flatMap((gate) => (gate ? [`${gate.gate}: ${gate.why}`] : [])).join("\n");
}

import { ALERT_KINDS, lateIdOf } from "../alerts/index.ts";
import type { IncidentRecord } from "../store/index.ts";
import type { Assessment } from "./assess.ts";
import type { Audit, Decision } from "./decision-log.ts";
import { INCIDENT_DETAILS } from "./incident-details.ts";
import type { Incident } from "./incidents.ts";
import { DEFAULT_LANGUAGE, type Language } from "../../../src-shared/languages.ts";
import type { Ring } from "../../../src-shared/license/index.ts";
import { HOUR, type UnixMs } from "../../../src-shared/units.ts";

/** By when people have to act on an incident, and when they did. */
export type Deadline = {
  readonly incident: string;
  readonly ring: Ring;
  readonly what: "evaluated" | "decided";
  readonly until: UnixMs;
  readonly doneAt: UnixMs | null;
};

type RingDeadlines = Pick<Assessment, "ring" | "version" | "deadlines">;

/** The deadlines of open incidents, for the rings whose policy has deadlines. */
export function deadlinesOf(
  incidents: readonly IncidentRecord[],
  rings: readonly RingDeadlines[],
  log: Audit,
): readonly Deadline[] {
  return incidents.flatMap((incident) => {
    const { id, ring, kind, openedAt, acknowledgedAt } = incident;
    const hours = rings.find((one) => one.ring === ring)?.deadlines;
    // An incident about a missed deadline has no deadline itself, and an informational one needs no decision.
    if (!hours || kind === "deadline_missed" || kind === "decision_due" || ALERT_KINDS[kind] === "info") return [];
    const decidedAt = decisionAt(incident, log);
    const until = (limit: number) => openedAt + limit * HOUR * 1_000;
    return [
      {
        incident: id,
        ring,
        what: "evaluated",
        until: until(hours.evaluatedHours),
        doneAt: acknowledgedAt ?? decidedAt,
      },
      { incident: id, ring, what: "decided", until: until(hours.decidedHours), doneAt: decidedAt },
    ] satisfies Deadline[];
  });
}

/** The missed deadlines, as incidents that go to the escalation list at once. */
export function lateIncidents(
  incidents: readonly IncidentRecord[],
  rings: readonly RingDeadlines[],
  log: Audit,
  now: UnixMs,
  language: Language = DEFAULT_LANGUAGE,
): readonly Incident[] {
  const texts = INCIDENT_DETAILS[language];
  const missed = deadlinesOf(incidents, rings, log).filter(({ until, doneAt }) => doneAt === null && now >= until);
  return missed.map(({ incident, ring, what, until }) => ({
    id: lateIdOf(incident, what),
    kind: "deadline_missed",
    ring,
    version: rings.find((one) => one.ring === ring)?.version ?? "",
    detail: texts.late(incident, what, new Date(until).toISOString()),
    isLate: true,
  }));
}

// What counts as a decision: a halt, another release in the ring, or a decision that people have recorded.
function decisionAt({ id, ring, openedAt }: IncidentRecord, { decisions }: Audit): UnixMs | null {
  // Restoring a backup starts a new observation too, but it is not a decision.
  const restores = new Set(decisions.flatMap(({ at, decision }) => (decision.kind === "restored" ? [at] : [])));
  const decides = (decision: Decision) => {
    if (decision.ring !== ring) return false;
    switch (decision.kind) {
      case "incident-decided":
        return decision.incident === id;
      case "watch":
        return decision.since >= openedAt && !restores.has(decision.since);
      case "halt":
      case "halt-by-hand":
        return true;
      case "signed":
        return decision.action === "halt" || decision.action === "rollback";
      case "halt-failed":
      case "promotion":
      case "restored":
      case "verdict":
      case "verdict-given":
        return false;
    }
  };
  return decisions.find(({ at, decision }) => at >= openedAt && decides(decision))?.at ?? null;
}

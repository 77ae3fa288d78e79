import type { AlertKind } from "../alerts/index.ts";
import type { ExplainedGate, GateName } from "../../gates/index.ts";
import { DEFAULT_LANGUAGE, type Language } from "../../../src-shared/languages.ts";
import { GATE_WORDS, gateSentence, namesOf } from "../wording/index.ts";
import type { Assessment } from "./assess.ts";
import type { Audit } from "./decision-log.ts";
import { gatesInNeed } from "./gate-incidents.ts";
import { haltOriginOf, haltProblemOf } from "./halts-in-log.ts";
import { INCIDENT_DETAILS } from "./incident-details.ts";
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
  /** How soon the ring's policy wants it evaluated. */
  readonly evaluatedHours?: number;
};

/** All incidents of a ring's release, described in the given language. */
export function incidentsOf(
  assessment: Assessment,
  log: Audit,
  language: Language = DEFAULT_LANGUAGE,
): readonly Incident[] {
  const { ring, version, since, deadlines } = assessment;
  const urgency = deadlines ? { evaluatedHours: deadlines.evaluatedHours } : {};
  const begun = Math.floor(since / 1_000);
  const own = [
    ...detailsOf(assessment, log, language).map(([kind, detail]) => ({ kind, detail, id: `${ring}-${kind}-${begun}` })),
    ...computersOf(assessment, language).map(([kind, name, detail]) => {
      return { kind, detail, id: `${ring}-${kind}-${begun}-${name}` };
    }),
  ].map((incident): Incident => ({ ...incident, ring, version, ...urgency }));
  return [...own, ...unreachable(assessment, language)].toSorted((a, b) => rankOf(a) - rankOf(b));
}

// What each incident says. A kind appears once, however many gates belong to it.
function detailsOf(assessment: Assessment, log: Audit, language: Language): readonly [AlertKind, string][] {
  const { gates, genuine, suspected, implausible, verdict, isHalted, timeIsUp, burns, scores, asked, limits } =
    assessment;
  const texts = INCIDENT_DETAILS[language];
  const inNeed = gatesInNeed(assessment);
  const found = new Map<AlertKind, string>();
  const add = (kind: AlertKind, condition: boolean, detail: string) => condition && found.set(kind, detail);
  for (const [kind, those] of inNeed) if (kind !== "computer_outlier") found.set(kind, sentencesOf(those, language));
  const halting = gates.filter(({ outcome }) => outcome === "halt");
  const holding = gates.filter(({ outcome }) => outcome === "hold");
  const isLong = gates.some(({ gate, outcome }) => gate === "time" && outcome === "pass");
  const errors = gates.filter(({ gate }) => gate === "errors");
  const isBurning = burns.some(({ severity }) => severity === "page");
  const offer = haltProblemOf(assessment, log);
  add("signature_error", genuine.signature > 0, texts.genuine(genuine.signature));
  add("antirollback_error", genuine.rollback > 0, texts.genuine(genuine.rollback));
  const still = assessment.offers.filter(({ ring }) => assessment.offeredIn.includes(ring));
  add("ring_halted", isHalted, `${haltedBecause(assessment, log, halting, language)}\n${texts.reach(still)}`.trim());
  add("halt_incomplete", offer !== undefined, offer ? texts.stillOffered(offer.offers, offer.code) : "");
  add("high_error_rate", isBurning && !found.has("high_error_rate"), sentencesOf(errors, language));
  add(
    "score_low",
    found.has("score_low"),
    texts.scores(
      scores.toSorted((a, b) => a - b),
      limits.lowestScore,
    ),
  );
  add("pilots_silent", found.has("pilots_silent"), texts.answers(scores.length, asked));
  add("tamper_suspected", suspected > 0, texts.suspected(suspected));
  add(
    "implausible_telemetry",
    implausible.length > 0,
    texts.implausible(implausible.length, namesOf(implausible, language)),
  );
  add("decision_due", timeIsUp, sentencesOf(holding, language));
  add("observation_extended", isLong && verdict === "inconclusive" && !isHalted, sentencesOf(holding, language));
  add("ring_progression", verdict === "pass" && !isHalted && !assessment.rollback, texts.passed);
  return [...found];
}

/** More of them are told together: then it is not about single computers any more. */
const MOST_ALONE = 5;

// A computer that is named later is a new incident: somebody may have taken on the first one already.
function computersOf(assessment: Assessment, language: Language): readonly [AlertKind, string, string][] {
  const outliers = gatesInNeed(assessment).get("computer_outlier") ?? [];
  const found = [
    ["computer_outlier", outliers.flatMap(({ computers }) => computers)],
    ["computer_unheard", assessment.deadInstalls],
  ] as const;
  return found.flatMap(([kind, computers]): [AlertKind, string, string][] => {
    if (computers.length > MOST_ALONE) return [[kind, "several", namesOf(computers, language)]];
    return computers.map((name) => [kind, name.slice(0, NAME_LETTERS).toLowerCase(), namesOf([name], language)]);
  });
}

const NAME_LETTERS = 8;

function sentencesOf(gates: readonly ExplainedGate[], language: Language): string {
  return gates.map((gate) => gateSentence(gate, language)).join("\n");
}

function haltedBecause(
  { ring, build }: Assessment,
  log: Audit,
  halting: readonly ExplainedGate[],
  language: Language,
): string {
  const texts = INCIDENT_DETAILS[language];
  const origin = haltOriginOf(log, ring, build);
  if (origin && "after" in origin) return texts.haltedAfter(origin.after);
  if (origin && "by" in origin) return texts.haltedBy(origin.by, origin.reason);
  if (origin && "keys" in origin) return texts.haltedByCommand(origin.keys.join(", "), origin.reason);
  if (halting.length > 0) return sentencesOf(halting, language);
  const names = gatesIn(origin?.reason ?? "").map((gate) => GATE_WORDS[language][gate].name);
  return names.length > 0 ? texts.haltedByGates(names.join(", ")) : (origin?.reason ?? "");
}

/** The gates in the reason of an automatic halt, which the log has in English: `crashes: why. surge: why`. */
function gatesIn(reason: string): readonly GateName[] {
  const found = reason.split(". ").flatMap((part) => GATES.filter((gate) => part.startsWith(`${gate}: `)));
  return [...new Set(found)];
}

const GATES = Object.keys(GATE_WORDS[DEFAULT_LANGUAGE]) as GateName[];

// Shorter than the usual time between two evaluations, so that the first failed probe is alerted at once.
const ALERT_AFTER_MS = 4 * MINUTE * 1_000;

/** An outage affects all rings. It has the same id in each of them, so that it is alerted once. */
function unreachable({ ring, version, reached, assessedAt }: Assessment, language: Language): Incident[] {
  return reached
    .filter(({ at }) => assessedAt - at >= ALERT_AFTER_MS)
    .map(({ place, at }): Incident => {
      const id = `${place}-service_unavailable-${Math.floor(at / 1_000)}`;
      const detail = INCIDENT_DETAILS[language].unreachable(place, new Date(at).toISOString());
      return { id, kind: "service_unavailable", ring, version, detail };
    });
}

const KINDS_IN_ORDER: readonly AlertKind[] = ["signature_error", "antirollback_error", "crash", "ring_halted"];

// What halts comes first; the order of the others is that of the gates.
function rankOf({ kind }: Incident): number {
  const rank = KINDS_IN_ORDER.indexOf(kind);
  return rank < 0 ? KINDS_IN_ORDER.length : rank;
}

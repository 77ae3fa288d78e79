import type { Language } from "../../../src-shared/languages.ts";
import type { ExplainedGate } from "../../gates/index.ts";
import type { GateFigures } from "./gate-catalog.ts";
import { gateState, isMeasured } from "./gate-state.ts";
import { GATE_WORDS } from "./gate-words.ts";
import { numbersOf } from "./numbers.ts";
import { PHRASES } from "./phrases.ts";

export const NOTHING = "–";
const MAX_NAMES = 3;
const NAME_LETTERS = 6;

/** The texts of a gate for one row of a table. */
export type GateTexts = {
  readonly name: string;
  readonly state: string;
  readonly value: string;
  readonly limit: string;
  /** What else there is to know: the bound, what is missing, the computers, the comparison. */
  readonly reason: string;
  readonly explanation: string;
};

export function gateTexts(gate: ExplainedGate, language: Language): GateTexts {
  const words = GATE_WORDS[language][gate.gate];
  const state = gateState(gate);
  const figures = figuresOf(gate, language);
  return {
    name: words.name,
    state: PHRASES[language].states[state],
    value: isEvidence(gate) ? PHRASES[language].units.factor(numbersOf(language).times(gate.value)) : figures.value,
    limit: figures.limit,
    reason: reasonOf(gate, figures, language),
    explanation: words.explanation,
  };
}

/** What a gate says about the release, in one sentence. */
export function gateSentence(gate: ExplainedGate, language: Language): string {
  if (!isMeasured(gate)) return `${GATE_WORDS[language][gate.gate].name}: ${PHRASES[language].nothingMeasured}.`;
  return GATE_WORDS[language][gate.gate].sentence(figuresOf(gate, language));
}

/** How many times more likely the observations are if the release is bad, or good. */
export function evidenceText(evidence: number, language: Language): string {
  const { evidence: phrases } = PHRASES[language];
  const { times } = numbersOf(language);
  if (evidence >= 1.05) return phrases.bad(times(evidence));
  return evidence > 1 / 1.05 ? phrases.even : phrases.good(times(1 / evidence));
}

/** The first letters of the computers' pseudonyms. */
export function namesOf(computers: readonly string[], language: Language): string {
  const names = computers.slice(0, MAX_NAMES).map((name) => name.slice(0, NAME_LETTERS));
  return PHRASES[language].names(names.join(", "), Math.max(0, computers.length - MAX_NAMES));
}

export function figuresOf(gate: ExplainedGate, language: Language): GateFigures {
  const { value, limit, bound, missing } = gate;
  const { computers, change } = gate;
  const numbers = numbersOf(language);
  const compared = (amount: number | undefined) =>
    amount === undefined ? NOTHING : changeAmount(gate, amount, language);
  return {
    value: value === null || !isMeasured(gate) ? NOTHING : amountOf(gate, value, language),
    limit:
      gate.unit === "evidence" ? PHRASES[language].units.factor(numbers.times(limit)) : amountOf(gate, limit, language),
    atMost: bound ? numbers.bound(bound.atMost) : NOTHING,
    have: missing ? numbers.count(missing.have) : NOTHING,
    need: missing ? numbers.count(missing.need) : NOTHING,
    names: computers.length > 0 ? namesOf(computers, language) : NOTHING,
    before: compared(change?.before),
    now: compared(change?.now),
    times: change ? PHRASES[language].units.times(numbers.times(change.ratio)) : NOTHING,
  };
}

function amountOf({ unit }: ExplainedGate, value: number, language: Language): string {
  const { units } = PHRASES[language];
  const numbers = numbersOf(language);
  switch (unit) {
    case "share":
      return numbers.share(value);
    case "bytes":
      return units.megabytes(numbers.count(value / 1e6));
    case "hours":
      return units.hours(numbers.count(value));
    case "count":
      return numbers.count(value);
    case "points":
      return units.points(numbers.count(value));
    case "evidence":
      return evidenceText(value, language);
  }
}

/** What is compared is another number than the evidence for a change. */
function changeAmount({ gate }: ExplainedGate, amount: number, language: Language): string {
  const { units } = PHRASES[language];
  const numbers = numbersOf(language);
  if (gate === "memorychange") return units.megabytes(numbers.count(amount / 1e6));
  if (gate === "startchange" || gate === "verdictchange") return units.milliseconds(numbers.count(amount));
  return numbers.share(amount);
}

function isEvidence(gate: ExplainedGate): gate is ExplainedGate & { readonly value: number } {
  return gate.unit === "evidence" && gate.value !== null;
}

function reasonOf(gate: ExplainedGate, figures: GateFigures, language: Language): string {
  const phrases = PHRASES[language];
  const numbers = numbersOf(language);
  const { sample, bound, missing, limit, outcome } = gate;
  const { change } = gate;
  const parts: string[] = [];
  if (!isMeasured(gate)) parts.push(outcome === "pass" ? phrases.nothingToJudge : phrases.nothingMeasured);
  if (isEvidence(gate)) parts.push(figures.value);
  if (bound && isMeasured(gate)) parts.push(phrases.between(numbers.bound(bound.atLeast), numbers.bound(bound.atMost)));
  if (sample && bound && outcome !== "pass") {
    const isCertain = bound.atLeast > limit;
    parts.push(
      isCertain
        ? phrases.certainlyOver
        : phrases.operationsLeft(numbers.count(Math.max(0, Math.ceil(bound.needed - sample.of)))),
    );
  }
  if (missing) {
    const left = numbers.count(Math.max(0, missing.need - missing.have));
    parts.push(phrases.missing[missing.what](figures.have, figures.need, left));
  }
  if (change) parts.push(`${figures.before} → ${figures.now}`);
  if (figures.names !== NOTHING) parts.push(figures.names);
  return parts.join("; ");
}

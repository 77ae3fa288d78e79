import type { Gate } from "./gate.ts";
import { GATE_MESSAGES, type GateLanguage, type GateMessages } from "./gate-messages.ts";
import type { Judgement } from "./judge.ts";
import { operationsNeeded, shareAtLeast, shareAtMost } from "./statistics.ts";

/** A gate with its bound and a sentence that explains the outcome. */
export type ExplainedGate = Gate & {
  readonly bound: { readonly atLeast: number; readonly atMost: number; readonly needed: number } | null;
  readonly why: string;
};

export type ExplainedJudgement = Omit<Judgement, "gates"> & { readonly gates: readonly ExplainedGate[] };

/** The same texts separately, for a table. Empty if there is nothing to say. */
export type GateTexts = {
  readonly value: string;
  readonly limit: string;
  readonly bound: string;
  readonly reason: string;
};

export function explain(judgement: Judgement): ExplainedJudgement {
  return { ...judgement, gates: judgement.gates.map(explainGate) };
}

/** Explains the value, its bound and what is missing. In English, as in a verdict. */
export function explainGate(gate: Gate): ExplainedGate {
  const bound = boundOf(gate);
  const explained = { ...gate, bound, why: "" };
  const words = GATE_MESSAGES.en;
  const { limit, value } = textsOf(explained, words);
  const measured = value === "" ? `${unmeasured(gate, words)}; the limit is ${limit}` : `${value} against ${limit}`;
  return { ...explained, why: [measured, bounded(explained, words), missed(gate, words)].filter(Boolean).join("; ") };
}

/** The numbers of a gate and what is still missing, in the reader's language. */
export function gateTexts(gate: ExplainedGate, language: GateLanguage): GateTexts {
  return textsOf(gate, GATE_MESSAGES[language]);
}

function textsOf(gate: ExplainedGate, words: GateMessages): GateTexts {
  const { value, limit, unit, bound } = gate;
  const reasons = [value === null ? unmeasured(gate, words) : "", proof(gate, words), missed(gate, words)];
  return {
    value: value === null ? "" : words.amount(value, unit),
    limit: words.amount(limit, unit),
    bound: bound ? words.between(words.amount(bound.atLeast, "share"), words.amount(bound.atMost, "share")) : "",
    reason: reasons.filter(Boolean).join("; "),
  };
}

function boundOf({ sample, limit, outcome }: Gate): ExplainedGate["bound"] {
  if (!sample) return null;
  const { events, of, confidence } = sample;
  const atLeast = shareAtLeast(events, of, confidence);
  const needed = outcome === "pass" ? of : operationsNeeded(events, limit, confidence);
  return { atLeast, atMost: shareAtMost(events, of, confidence), needed };
}

// A gate that passes without a value is one that can only halt: it has nothing to judge yet.
function unmeasured({ outcome }: Gate, words: GateMessages): string {
  return outcome === "pass" ? words.nothingYet : words.nothingMeasured;
}

function bounded(gate: ExplainedGate, words: GateMessages): string {
  const { sample, bound } = gate;
  if (!sample || !bound) return "";
  const sure = words.sure(words.amount(sample.confidence, "share"));
  const { bound: between } = textsOf(gate, words);
  const seen = `${sample.events} of ${sample.of}, ${sure} ${between}`;
  const rest = proof(gate, words);
  return rest === "" ? seen : `${seen}: ${rest}`;
}

function proof({ sample, bound, limit, outcome }: ExplainedGate, words: GateMessages): string {
  if (!sample || !bound || outcome === "pass") return "";
  return bound.atLeast > limit ? words.aboveForCertain : words.more(bound.needed - sample.of);
}

function missed({ missing }: Gate, words: GateMessages): string {
  if (!missing) return "";
  return words.missing(words.amount(missing.have, "count"), words.amount(missing.need, "count"), missing.what);
}

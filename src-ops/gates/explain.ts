import type { Gate } from "./gate.ts";
import { GATE_MESSAGES, type GateMessages } from "./gate-messages.ts";
import type { Language } from "../../src-shared/languages.ts";
import type { Judgement } from "./judge.ts";
import { operationsNeeded, shareAtLeastAlways, shareAtMostAlways } from "./evidence.ts";

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
  const messages = GATE_MESSAGES.en;
  const { limit, value } = textsOf(explained, messages);
  const measured = value === "" ? `${unmeasured(gate, messages)}; the limit is ${limit}` : `${value} against ${limit}`;
  return {
    ...explained,
    why: [measured, bounded(explained, messages), missed(gate, messages)].filter(Boolean).join("; "),
  };
}

/** The numbers of a gate and what is still missing, in the reader's language. */
export function gateTexts(gate: ExplainedGate, language: Language): GateTexts {
  return textsOf(gate, GATE_MESSAGES[language]);
}

function textsOf(gate: ExplainedGate, messages: GateMessages): GateTexts {
  const { value, limit, unit, bound } = gate;
  const reasons = [value === null ? unmeasured(gate, messages) : "", proof(gate, messages), missed(gate, messages)];
  return {
    value: value === null ? "" : messages.amount(value, unit),
    limit: messages.amount(limit, unit),
    bound: bound
      ? messages.between(messages.amount(bound.atLeast, "share"), messages.amount(bound.atMost, "share"))
      : "",
    reason: reasons.filter(Boolean).join("; "),
  };
}

/** The bound by which the gate decides: it passes exactly when `atMost` is below the limit. */
function boundOf({ sample, limit }: Gate): ExplainedGate["bound"] {
  if (!sample) return null;
  const { events, of, evidence } = sample;
  return {
    atLeast: shareAtLeastAlways({ failed: events, of }, evidence),
    atMost: shareAtMostAlways({ failed: events, of }, evidence),
    needed: operationsNeeded(events, limit, evidence),
  };
}

// A gate that passes without a value is one that can only halt: it has nothing to judge yet.
function unmeasured({ outcome }: Gate, messages: GateMessages): string {
  return outcome === "pass" ? messages.nothingYet : messages.nothingMeasured;
}

function bounded(gate: ExplainedGate, messages: GateMessages): string {
  const { sample, bound } = gate;
  if (!sample || !bound) return "";
  const sure = messages.sure(messages.amount(1 - 1 / sample.evidence, "share"));
  const { bound: between } = textsOf(gate, messages);
  const seen = `${sample.events} of ${sample.of}, ${sure} ${between}`;
  const rest = proof(gate, messages);
  return rest === "" ? seen : `${seen}: ${rest}`;
}

function proof({ sample, bound, limit, outcome }: ExplainedGate, messages: GateMessages): string {
  if (!sample || !bound || outcome === "pass") return "";
  return bound.atLeast > limit ? messages.aboveForCertain : messages.more(bound.needed - sample.of);
}

function missed({ missing }: Gate, messages: GateMessages): string {
  if (!missing) return "";
  return messages.missing(messages.amount(missing.have, "count"), messages.amount(missing.need, "count"), missing.what);
}

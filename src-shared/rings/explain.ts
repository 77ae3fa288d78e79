import type { Gate } from "./gate.ts";
import type { Judgement } from "./judge.ts";
import { operationsNeeded, shareAtLeast, shareAtMost } from "./statistics.ts";

/** A gate with its bound and the sentence that says why. */
export type ExplainedGate = Gate & {
  readonly bound: { readonly atLeast: number; readonly atMost: number; readonly needed: number } | null;
  readonly why: string;
};

export type ExplainedJudgement = Omit<Judgement, "gates"> & { readonly gates: readonly ExplainedGate[] };

export function explain(judgement: Judgement): ExplainedJudgement {
  return { ...judgement, gates: judgement.gates.map(explainGate) };
}

/** Says which number it is, which bound it has, and what is missing. */
export function explainGate(gate: Gate): ExplainedGate {
  const bound = boundOf(gate);
  return { ...gate, bound, why: [measured(gate), bounded(gate, bound), missed(gate)].filter(Boolean).join("; ") };
}

function boundOf({ sample, limit, outcome }: Gate): ExplainedGate["bound"] {
  if (!sample) return null;
  const { events, of, confidence } = sample;
  const atLeast = shareAtLeast(events, of, confidence);
  const needed = outcome === "pass" ? of : operationsNeeded(events, limit, confidence);
  return { atLeast, atMost: shareAtMost(events, of, confidence), needed };
}

function measured(gate: Gate): string {
  const { value, limit, unit } = gate;
  // A gate that only halts finds nothing to halt for.
  if (value === null && gate.outcome === "pass") return `nothing to judge yet; the limit is ${amount(limit, unit)}`;
  if (value === null) return `nothing was measured, which is not green; the limit is ${amount(limit, unit)}`;
  return `${amount(value, unit)} against ${amount(limit, unit)}`;
}

function bounded({ sample, limit, outcome }: Gate, bound: ExplainedGate["bound"]): string {
  if (!sample || !bound) return "";
  const sure = `${Math.round(sample.confidence * 1000) / 10} % sure`;
  const seen = `${sample.events} of ${sample.of}, ${sure} between ${percent(bound.atLeast)} and ${percent(bound.atMost)}`;
  if (outcome === "pass") return seen;
  if (bound.atLeast > limit) return `${seen}: above the limit for certain`;
  return `${seen}: ${bound.needed - sample.of} more without another one would prove it`;
}

function missed({ missing }: Gate): string {
  if (!missing) return "";
  return `${tidy(missing.have)} of ${tidy(missing.need)} ${missing.what}`;
}

function amount(value: number, unit: Gate["unit"]): string {
  switch (unit) {
    case "share":
      return percent(value);
    case "bytes":
      return `${tidy(value / 1e6)} MB`;
    case "hours":
      return `${tidy(value)} h`;
    case "count":
      return tidy(value);
    case "points":
      return `${tidy(value)} of 10`;
    case "evidence":
      return `evidence ${tidy(value)}`;
  }
}

const percent = (share: number) => `${Number((share * 100).toPrecision(3))} %`;
const tidy = (value: number) => String(Math.round(value * 100) / 100);

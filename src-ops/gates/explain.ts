import type { Gate, Unit } from "./gate.ts";
import type { Judgement } from "./judge.ts";
import { operationsNeeded, shareAtLeastAlways, shareAtMostAlways } from "./evidence.ts";

/** A gate with its bound and a sentence that explains the outcome. */
export type ExplainedGate = Gate & {
  readonly bound: { readonly atLeast: number; readonly atMost: number; readonly needed: number } | null;
  readonly why: string;
};

export type ExplainedJudgement = Omit<Judgement, "gates"> & { readonly gates: readonly ExplainedGate[] };

export function explain(judgement: Judgement): ExplainedJudgement {
  return { ...judgement, gates: judgement.gates.map(explainGate) };
}

/** Explains the value, its bound and what is missing. In English, as in a verdict. */
export function explainGate(gate: Gate): ExplainedGate {
  const { value, unit } = gate;
  const bound = boundOf(gate);
  const limit = amount(gate.limit, unit);
  const measured =
    value === null ? `${unmeasured(gate)}; the limit is ${limit}` : `${amount(value, unit)} against ${limit}`;
  return { ...gate, bound, why: [measured, bounded(gate, bound), missed(gate)].filter(Boolean).join("; ") };
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

// A gate that passes without a value is one that looks for something bad: it has nothing to judge yet.
function unmeasured({ outcome }: Gate): string {
  return outcome === "pass" ? "nothing to judge yet" : "nothing was measured, so the gate cannot pass";
}

function bounded({ sample, limit, outcome }: Gate, bound: ExplainedGate["bound"]): string {
  if (!sample || !bound) return "";
  const { events, of, evidence } = sample;
  const between = `between ${amount(bound.atLeast, "share")} and ${amount(bound.atMost, "share")}`;
  const seen = `${events} of ${of}, ${amount(1 - 1 / evidence, "share")} sure ${between}`;
  if (outcome === "pass") return seen;
  const rest = `${bound.needed - of} more operations without another failure would prove it`;
  return `${seen}: ${bound.atLeast > limit ? "certainly above the limit" : rest}`;
}

function missed({ missing }: Gate): string {
  return missing ? `${amount(missing.have, "count")} of ${amount(missing.need, "count")} ${missing.what}` : "";
}

function amount(value: number, unit: Unit): string {
  const tidy = String(Math.round(value * 100) / 100);
  switch (unit) {
    case "share":
      return `${Number((value * 100).toPrecision(3))} %`;
    case "bytes":
      return `${Math.round(value / 1e4) / 100} MB`;
    case "hours":
      return `${tidy} h`;
    case "count":
      return tidy;
    case "points":
      return `${tidy} of 10`;
    case "evidence":
      return `evidence ${tidy}`;
  }
}

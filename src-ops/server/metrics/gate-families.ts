import type { ExplainedGate } from "../../gates/index.ts";
import { type Family, gauge, stateSamples } from "./exposition.ts";
import { each, labelsOf } from "./labels.ts";
import type { ReleaseReport } from "./release-report.ts";

const OUTCOMES = ["pass", "hold", "fail", "halt", "missing"] as const;

/** The outcome of each gate. A gate without any measurement yet is `missing`, so that it does not look almost passed. */
export function gateFamilies(reports: readonly ReleaseReport[]): readonly Family[] {
  const samples = reports.flatMap((report) =>
    report.assessment.gates.flatMap((gate) =>
      stateSamples("outcome", OUTCOMES, outcomeOf(gate), { ...labelsOf(report), gate: gate.gate }),
    ),
  );
  return [
    gauge("gate", "The outcome of a gate: 1 for the current outcome, 0 for the others.", samples),
    gauge(
      "error_rate_upper_bound_ratio",
      "The largest share of failures that is compatible with the observations, pooled exposure included.",
      each(reports, ({ assessment }) => assessment.gates.find(({ gate }) => gate === "errors")?.bound?.atMost),
    ),
  ];
}

function outcomeOf({ outcome, value }: ExplainedGate): (typeof OUTCOMES)[number] {
  return outcome === "hold" && value === null ? "missing" : outcome;
}

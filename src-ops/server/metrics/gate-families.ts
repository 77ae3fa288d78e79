import type { ExplainedGate } from "../../gates/index.ts";
import { type Family, gauge, stateSamples } from "./exposition.ts";
import { each, labelsOf } from "./labels.ts";
import type { ReleaseReport } from "./release-report.ts";

const OUTCOMES = ["pass", "hold", "fail", "halt", "missing"] as const;

/** How each gate stands. A gate that waits for its first number is `missing`, so that nobody reads it as nearly green. */
export function gateFamilies(reports: readonly ReleaseReport[]): readonly Family[] {
  const samples = reports.flatMap((report) =>
    report.assessment.gates.flatMap((gate) =>
      stateSamples("outcome", OUTCOMES, outcomeOf(gate), { ...labelsOf(report), gate: gate.gate }),
    ),
  );
  return [
    gauge("gate", "How a gate stands: 1 for the outcome that holds.", samples),
    gauge(
      "error_rate_upper_bound_ratio",
      "The largest share of failures that what was seen does not exclude, pooled exposure included.",
      each(reports, ({ assessment }) => assessment.gates.find(({ gate }) => gate === "errors")?.bound?.atMost),
    ),
  ];
}

function outcomeOf({ outcome, value }: ExplainedGate): (typeof OUTCOMES)[number] {
  return outcome === "hold" && value === null ? "missing" : outcome;
}

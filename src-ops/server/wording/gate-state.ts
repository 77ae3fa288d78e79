import type { ExplainedGate } from "../../gates/index.ts";

/**
 * How a gate is shown. `over` and `under`: measured beyond its limit, although that may still be chance. `open`: what it
 * needs is not there yet. `none`: it measured nothing, which never looks like a success.
 */
export type GateState = "pass" | "open" | "over" | "under" | "fail" | "halt" | "none";

/** Gates whose value has to reach the limit, and those among them that measure the release and not only what is missing. */
const AT_LEAST: ReadonlySet<string> = new Set(["uptime", "feedback"]);
const COUNTS_UP: ReadonlySet<string> = new Set(["time", "reporting", "funnel", "exposure", "adoption", "unheard"]);

export function gateState(gate: ExplainedGate): GateState {
  const { outcome } = gate;
  if (outcome === "fail" || outcome === "halt") return outcome;
  if (!isMeasured(gate)) return "none";
  if (outcome === "pass") return "pass";
  return beyondLimit(gate) ?? "open";
}

/** No app runs in 0 bytes: this means that no computer reported its memory. */
export function isMeasured({ gate, value }: ExplainedGate): boolean {
  return value !== null && !(gate === "memory" && value <= 0);
}

function beyondLimit({ gate, value, limit, sample, missing, unit }: ExplainedGate): "over" | "under" | undefined {
  if (value === null || COUNTS_UP.has(gate)) return undefined;
  // The half hours of this gate have a share that must be reached; its sample of all attempts has one not to exceed.
  const isAtLeast = AT_LEAST.has(gate) || (gate === "availability" && !sample);
  if (isAtLeast) return value < limit && missing === null ? "under" : undefined;
  return value > limit || (unit === "evidence" && value >= limit) ? "over" : undefined;
}

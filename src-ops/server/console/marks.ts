import type { GateState, VerdictName } from "../wording/index.ts";
import type { MachineState } from "./message-catalog.ts";

/** Colour is never the only sign: each verdict and each state has a mark, and a shape in the style sheet. */
export const MARKS: Readonly<Record<VerdictName | GateState | MachineState, string>> = {
  halted: "■",
  halt: "■",
  rolledBack: "↩",
  fail: "✕",
  over: "✕",
  under: "✕",
  failing: "✕",
  pass: "✓",
  healthy: "✓",
  inconclusive: "○",
  open: "○",
  "not-updated": "○",
  silent: "…",
  none: "–",
};

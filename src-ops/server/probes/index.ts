export { clientProbes } from "./client-probes.ts";
export { createProbing, type ProbePorts } from "./probing.ts";

export { clientProbes } from "./client-probes.ts";
export { createProbing } from "./probing.ts";

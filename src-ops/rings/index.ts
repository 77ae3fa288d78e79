export { type PolicyFile, readPolicy } from "./policy-file.ts";
export { simulate, type Simulated, type Simulation } from "./simulation/simulate.ts";

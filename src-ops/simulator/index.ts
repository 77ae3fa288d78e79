export { type Missed, missedExpectations } from "./expectations.ts";
export { type NamedScenario, readScenario, shippedScenarios } from "./scenario-file.ts";
export type { Scenario } from "./scenario-schema.ts";
export { type GateShares, simulate, type Simulated } from "./simulate.ts";

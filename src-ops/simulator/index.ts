export { type Missed, missedExpectations } from "./expectations.ts";
export { type NamedScenario, readScenario, shippedScenarios } from "./scenario-file.ts";
export type { Scenario } from "./scenario-schema.ts";
export { simulate } from "./simulate.ts";
export { type GateShares, type Simulated, summaryOf } from "./summary.ts";

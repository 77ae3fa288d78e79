import type { Group, Scenario } from "./scenario-schema.ts";
import type { ProcessKind } from "../../src-shared/telemetry/index.ts";

/** How an app behaves on a computer. */
export type Behaviour = {
  readonly errorRate: number;
  readonly crashesASession: number;
  readonly crashOf: ProcessKind;
  readonly hangMinutesADay: number;
  readonly startMs: number;
  readonly verdictMs: number;
  readonly memoryMB: number;
  readonly memoryGrowthMBADay: number;
};

/** The behaviour of the release where it has its fault. */
export function behaviourOfRelease(group: Group): Behaviour {
  return group;
}

/** The behaviour of the version before: also of the release on computers without the fault, and until it begins. */
export function behaviourBefore({ before }: Scenario, { crashOf }: Group): Behaviour {
  return { ...before, crashOf, hangMinutesADay: 0, memoryGrowthMBADay: 0 };
}

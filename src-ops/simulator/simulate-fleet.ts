import * as v from "valibot";
import type { Exposure, Policy } from "../gates/index.ts";
import { createFleet } from "./fleet.ts";
import { observe, type Observed, type Path } from "./observe.ts";
import { Group, type Scenario } from "./scenario-schema.ts";
import type { FleetOutcome } from "./summary.ts";

// What a good ring1 has done with a build, if the scenario does not say it.
const DEFAULT_PROMOTED: Exposure = {
  operations: 15_000,
  failed: 3,
  attempts: 4_500,
  attemptsFailed: 1,
  starts: 250,
  slowStarts: 0,
  verdicts: 800,
  slowVerdicts: 0,
};

/** Simulates a release in one fleet; for ring1, with its staff before it in ring0, which has to pass. */
export async function simulateFleet(
  scenario: Scenario,
  policy: Policy,
  seed: number,
  number: number,
  path: Path,
): Promise<FleetOutcome> {
  const { ring, groups } = scenario;
  const isAfterStaff = ring === "ring1" && scenario.promotedWith === undefined;
  let promotedWith = scenario.promotedWith ?? (ring === "ga" ? DEFAULT_PROMOTED : null);
  if (isAfterStaff) {
    const staff = scenario.staff ?? [v.parse(Group, { count: policy.rings.ring0.machines.needed })];
    const before = await observe({
      scenario: { ...scenario, watchHours: undefined, keepWatching: false },
      ring: "ring0",
      policy: policy.rings.ring0,
      fleet: createFleet(scenario, "ring0", staff, ~seed, number),
      promotedWith: null,
      path,
    });
    if (before.passedAt === null) return outcomeOf(before);
    promotedWith = before.exposure;
  }
  const fleet = createFleet(scenario, ring, groups, seed, number);
  return outcomeOf(await observe({ scenario, ring, policy: policy.rings[ring], fleet, promotedWith, path }), scenario);
}

function outcomeOf({ passedAt, haltedAt, haltedBy, openAtEnd, found }: Observed, scenario?: Scenario): FleetOutcome {
  const isOpen = haltedAt === null && (passedAt === null || scenario?.keepWatching === true);
  return { passedAt, haltedAt, haltedBy, heldBy: isOpen ? openAtEnd : [], found };
}

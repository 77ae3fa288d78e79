import { NO_COUNTS, type Policy } from "../gates/index.ts";
import { watchFast } from "./fast-path.ts";
import { watchFully } from "./full-path.ts";
import { type Conditions, simulateFleetLife, type Usage } from "./scenario.ts";
import type { Ended } from "./watch.ts";

// Staff use the app all day, pilots for an hour or two.
const STAFF: Usage = { machines: 10, sessionsPerDay: 3, hoursPerSession: 3, operationsPerHour: 20 };
const PILOTS: Usage = { machines: 4, sessionsPerDay: 2, hoursPerSession: 1, operationsPerHour: 20 };
const SCORES = [8, 9, 8, 10];
const ANSWER_HOURS = 96;

/** `full`: raw events through the receiver's code; `fast`: counts only. Both give the same result. */
export type Path = "fast" | "full";

/** Simulates a release in one fleet: in ring0 and, for ring1, then in ring1. */
export async function liveThrough(
  ring: "ring0" | "ring1",
  policy: Policy,
  seed: number,
  fleet: number,
  conditions: Conditions,
  path: Path,
): Promise<Ended> {
  const watch = path === "fast" ? watchFast : watchFully;
  const staff = { story: simulateFleetLife(seed, fleet, STAFF, conditions), machines: STAFF.machines };
  const first = await watch({
    ring: "ring0",
    policy: policy.rings.ring0,
    ...staff,
    pooled: NO_COUNTS,
    scoresAt: () => [],
  });
  if (ring === "ring0" || first.outcome !== "passed") return first;
  const pilots = { story: simulateFleetLife(~seed, fleet, PILOTS, conditions), machines: PILOTS.machines };
  return watch({ ring: "ring1", policy: policy.rings.ring1, ...pilots, pooled: first.totals, scoresAt: pilotScores });
}

function pilotScores(hours: number): readonly number[] {
  return hours >= ANSWER_HOURS ? SCORES : [];
}

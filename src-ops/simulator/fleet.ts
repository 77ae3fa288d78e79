import type { Policy } from "../gates/index.ts";
import { observeFully } from "./full-path.ts";
import { type Conditions, createTimeline, type Usage } from "./scenario.ts";
import type { ObservationResult } from "./watch.ts";

// Staff use the app all day, pilots for an hour or two.
const STAFF: Usage = { machines: 10, sessionsPerDay: 3, hoursPerSession: 3, operationsPerHour: 20 };
const PILOTS: Usage = { machines: 4, sessionsPerDay: 2, hoursPerSession: 1, operationsPerHour: 20 };
const SCORES = [8, 9, 8, 10];
const ANSWER_HOURS = 96;

/** `full`: raw events through the receiver's code; `fast`: counts only. Both give the same result. */
export type Path = "fast" | "full";

/** Simulates a release in one fleet: in ring0 and, for ring1, then in ring1. */
export async function simulateRelease(
  ring: "ring0" | "ring1",
  policy: Policy,
  seed: number,
  fleet: number,
  conditions: Conditions,
  _path: Path,
): Promise<ObservationResult> {
  const observe = observeFully;
  const staff = { timeline: createTimeline(seed, fleet, STAFF, conditions), machines: STAFF.machines };
  const first = await observe({
    ring: "ring0",
    policy: policy.rings.ring0,
    ...staff,
    pooled: null,
    scoresAt: () => [],
  });
  if (ring === "ring0" || first.outcome !== "passed") return first;
  const pilots = { timeline: createTimeline(~seed, fleet, PILOTS, conditions), machines: PILOTS.machines };
  return observe({
    ring: "ring1",
    policy: policy.rings.ring1,
    ...pilots,
    pooled: first.exposure,
    scoresAt: pilotScores,
  });
}

function pilotScores(hours: number): readonly number[] {
  return hours >= ANSWER_HOURS ? SCORES : [];
}

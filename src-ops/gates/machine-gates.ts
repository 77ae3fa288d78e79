import { HOUR, type UnixMs } from "../../src-shared/units.ts";
import type { MachineFacts, ReleaseFacts } from "./facts.ts";
import { type Gate, gateOf } from "./gate.ts";
import type { RingPolicy } from "./policy.ts";

const MS_PER_HOUR = HOUR * 1_000;

/** Whether there was enough time, and whether the ring's computers report: missing data never passes a gate. */
export function machineGates(facts: ReleaseFacts, policy: RingPolicy): readonly Gate[] {
  return [timeGate(facts, policy), reportingGate(facts, policy), funnelGate(facts, policy)];
}

/** The number of computers in the ring, with those that never reported and those that still have to be enrolled. */
export function computersOf({ machines }: ReleaseFacts, policy: RingPolicy): number {
  return Math.max(machines.length, policy.machines.needed);
}

function timeGate({ now, since }: ReleaseFacts, { hours }: RingPolicy): Gate {
  const elapsed = (now - since) / MS_PER_HOUR;
  if (elapsed >= hours) return gateOf("time", "pass", "hours", elapsed, hours);
  return gateOf("time", "hold", "hours", elapsed, hours, { what: "hours", have: elapsed, need: hours });
}

function reportingGate(facts: ReleaseFacts, policy: RingPolicy): Gate {
  const { machines, now, since } = facts;
  const { reportingShare, reportedWithinHours, silenceFailsAfterHours } = policy.machines;
  const computers = computersOf(facts, policy);
  let [reporting, everReported] = [0, 0];
  for (const { lastAt } of machines) {
    if (lastAt === undefined) continue;
    everReported++;
    if (lastAt >= now - reportedWithinHours * MS_PER_HOUR) reporting++;
  }
  const need = Math.ceil(reportingShare * computers - 1e-9);
  const isTooLate = now - since >= silenceFailsAfterHours * MS_PER_HOUR && everReported < need;
  const outcome = reporting >= need ? "pass" : isTooLate ? "fail" : "hold";
  const missing = outcome === "pass" ? null : ({ what: "computers that report", have: reporting, need } as const);
  return gateOf("reporting", outcome, "share", reporting / computers, reportingShare, missing);
}

// offered -> downloaded -> installed -> healthy, each with its deadline. A computer that reports about the release has
// arrived, even if reports of earlier steps are missing.
function funnelGate(facts: ReleaseFacts, policy: RingPolicy): Gate {
  const { machines, now, since } = facts;
  const computers = computersOf(facts, policy);
  let [arrived, overdue] = [0, 0];
  for (const machine of machines) {
    if (hasArrived(machine)) arrived++;
    else if (now > deadlineOf(machine, since, policy)) overdue++;
  }
  if (now > since + policy.funnel.offeredHours * MS_PER_HOUR) overdue += computers - machines.length;
  const { reportingShare } = policy.machines;
  const need = Math.ceil(reportingShare * computers - 1e-9);
  const outcome = arrived >= need ? "pass" : overdue > computers - need ? "fail" : "hold";
  const missing = outcome === "pass" ? null : ({ what: "computers that run it", have: arrived, need } as const);
  return gateOf("funnel", outcome, "share", arrived / computers, reportingShare, missing);
}

export function hasArrived({ lastAt, steps }: MachineFacts): boolean {
  return lastAt !== undefined || steps.healthy !== undefined;
}

function deadlineOf({ steps }: MachineFacts, since: UnixMs, { funnel }: RingPolicy): UnixMs {
  if (steps.installed !== undefined) return steps.installed + funnel.healthyHours * MS_PER_HOUR;
  if (steps.downloaded !== undefined) return steps.downloaded + funnel.installedHours * MS_PER_HOUR;
  if (steps.offered !== undefined) return steps.offered + funnel.downloadedHours * MS_PER_HOUR;
  return since + funnel.offeredHours * MS_PER_HOUR;
}

import { HOUR, type UnixMs } from "../../src-shared/units.ts";
import { evidenceAgainst, evidenceTest } from "./evidence.ts";
import type { MachineFacts, ReleaseFacts } from "./facts.ts";
import { type Gate, gateOf } from "./gate.ts";
import type { RingPolicy } from "./policy.ts";

const MS_PER_HOUR = HOUR * 1_000;

/** Whether there was enough time, and whether the ring's computers report: missing data never passes a gate. */
export function machineGates(facts: ReleaseFacts, policy: RingPolicy): readonly Gate[] {
  return [
    timeGate(facts, policy),
    reportingGate(facts, policy),
    funnelGate(facts, policy),
    unheardGate(facts, policy),
    exposureGate(facts, policy),
    outlierGate(facts, policy),
    classGate(facts, policy),
  ];
}

/** The number of computers in the ring, with those that never reported and those that still have to be enrolled. */
export function computersOf({ machines }: ReleaseFacts, policy: RingPolicy): number {
  return Math.max(machines.length, policy.machines.needed);
}

function timeGate({ now, since }: ReleaseFacts, { hours }: RingPolicy): Gate {
  const elapsed = (now - since) / MS_PER_HOUR;
  if (elapsed >= hours) return gateOf("time", "pass", "hours", elapsed, hours);
  return gateOf("time", "hold", "hours", elapsed, hours, { missing: { what: "hours", have: elapsed, need: hours } });
}

function reportingGate(facts: ReleaseFacts, policy: RingPolicy): Gate {
  const { machines, now, since } = facts;
  const { reportingShare, reportedWithinHours, silenceFailsAfterHours } = policy.machines;
  const computers = computersOf(facts, policy);
  const silent = machines.filter(
    ({ lastAt }) => lastAt === undefined || lastAt < now - reportedWithinHours * MS_PER_HOUR,
  );
  const reporting = machines.length - silent.length;
  const everReported = machines.filter(({ lastAt }) => lastAt !== undefined).length;
  const need = mostOf(computers, reportingShare);
  const isTooLate = now - since >= silenceFailsAfterHours * MS_PER_HOUR && everReported < need;
  if (reporting >= need) return gateOf("reporting", "pass", "share", reporting / computers, reportingShare);
  return gateOf("reporting", isTooLate ? "fail" : "hold", "share", reporting / computers, reportingShare, {
    missing: { what: "computers that report", have: reporting, need },
    computers: namesOf(silent),
  });
}

// offered -> downloaded -> installed -> healthy, each with its deadline. A computer that reports about the release has
// arrived, even if reports of earlier steps are missing.
function funnelGate(facts: ReleaseFacts, policy: RingPolicy): Gate {
  const { machines, now, since } = facts;
  const computers = computersOf(facts, policy);
  const waiting = machines.filter((machine) => !hasArrived(machine));
  const arrived = machines.length - waiting.length;
  let overdue = waiting.filter((machine) => now > deadlineOf(machine, since, policy)).length;
  if (now > since + policy.funnel.offeredHours * MS_PER_HOUR) overdue += computers - machines.length;
  const { reportingShare } = policy.machines;
  const need = mostOf(computers, reportingShare);
  if (arrived >= need) return gateOf("funnel", "pass", "share", arrived / computers, reportingShare);
  const outcome = overdue > computers - need ? "fail" : "hold";
  return gateOf("funnel", outcome, "share", arrived / computers, reportingShare, {
    missing: { what: "computers that run it", have: arrived, need },
    computers: namesOf(waiting),
  });
}

// Nothing is known of these computers, or worse: they have installed the release and never started it.
function unheardGate(facts: ReleaseFacts, policy: RingPolicy): Gate {
  const unheard = facts.machines.filter((machine) => !hasArrived(machine));
  const most = Math.floor(policy.machines.unheardShare * facts.machines.length + 1e-9);
  const heard = facts.machines.length - unheard.length;
  const isEnough = unheard.length <= most && heard > 0;
  return gateOf("unheard", isEnough ? "pass" : "hold", "count", unheard.length, most, {
    missing: isEnough
      ? null
      : { what: "computers that were heard of", have: heard, need: Math.max(1, facts.machines.length - most) },
    computers: namesOf(unheard),
  });
}

// A computer that has hardly run the release says nothing about it, however busy the others are.
function exposureGate(facts: ReleaseFacts, policy: RingPolicy): Gate {
  const { hours, operations, reportingShare } = policy.machines;
  const heard = facts.machines.filter(({ lastAt }) => lastAt !== undefined);
  const short = heard.filter(({ firstAt }) => firstAt === undefined || facts.now - firstAt < hours * MS_PER_HOUR);
  if (short.length > 0) {
    return gateOf("exposure", "hold", "count", heard.length - short.length, heard.length, {
      missing: { what: "computers that ran it long enough", have: heard.length - short.length, need: heard.length },
      computers: namesOf(short),
    });
  }
  const idle = heard.filter((machine) => machine.operations < operations);
  const [have, need] = [heard.length - idle.length, mostOf(computersOf(facts, policy), reportingShare)];
  return gateOf("exposure", have >= need ? "pass" : "hold", "count", have, need, {
    missing: have >= need ? null : { what: "computers with enough operations", have, need },
    computers: have >= need ? [] : namesOf(idle),
  });
}

// One computer whose failures chance does not explain: among many, one is always the worst, so more is needed. A single
// failure is never a pattern.
function outlierGate({ machines, counts }: ReleaseFacts, { errors, evidence }: RingPolicy): Gate {
  const number = Math.max(machines.length, counts.length, 1);
  const against = evidenceTest(errors.below);
  const found = counts.map(({ machine, counts: { failed, operations } }) => {
    return { machine, failed, evidence: against({ failed, of: operations }) / number };
  });
  const worst = Math.max(0, ...found.map((one) => one.evidence));
  const flagged = found
    .filter((one) => one.failed > 1 && one.evidence >= evidence.computer)
    .toSorted((a, b) => b.evidence - a.evidence);
  const outcome = flagged.length > 0 ? "hold" : "pass";
  return gateOf("outliers", outcome, "evidence", worst, evidence.computer, { computers: namesOf(flagged) });
}

// A fault of one operating system or processor drowns among the others. On one computer it is that computer's fault.
function classGate({ machines, missingPlatforms }: ReleaseFacts, { errors, evidence }: RingPolicy): Gate {
  const classes = [...Map.groupBy(machines, ({ platform }) => platform ?? "")];
  const found = classes.map(([, those]) => {
    const failed = those.reduce((sum, one) => sum + one.failed, 0);
    const of = those.reduce((sum, one) => sum + one.operations, 0);
    const failing = those.filter((one) => one.failed > 0).length;
    return { those, failing, evidence: evidenceAgainst({ failed, of }, errors.below) / classes.length };
  });
  const worst = Math.max(0, ...found.map((one) => one.evidence));
  const flagged = found.filter((one) => one.failing > 1 && one.evidence >= evidence.computer);
  const isCovered = missingPlatforms.length === 0;
  const outcome = flagged.length > 0 || !isCovered ? "hold" : "pass";
  return gateOf("classes", outcome, "evidence", worst, evidence.computer, {
    missing: isCovered
      ? null
      : {
          what: "operating systems of the next ring",
          have: classes.length,
          need: classes.length + missingPlatforms.length,
        },
    computers: flagged.flatMap(({ those }) => namesOf(those)),
  });
}

export function hasArrived({ lastAt, steps }: MachineFacts): boolean {
  return lastAt !== undefined || steps.healthy !== undefined;
}

const namesOf = (machines: readonly { readonly machine: string }[]) => machines.map(({ machine }) => machine);

const mostOf = (computers: number, share: number) => Math.ceil(share * computers - 1e-9);

function deadlineOf({ steps }: MachineFacts, since: UnixMs, { funnel }: RingPolicy): UnixMs {
  if (steps.installed !== undefined) return steps.installed + funnel.healthyHours * MS_PER_HOUR;
  if (steps.downloaded !== undefined) return steps.downloaded + funnel.installedHours * MS_PER_HOUR;
  if (steps.offered !== undefined) return steps.offered + funnel.downloadedHours * MS_PER_HOUR;
  return since + funnel.offeredHours * MS_PER_HOUR;
}

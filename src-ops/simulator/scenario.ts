import type { Milliseconds } from "../../src-shared/units.ts";
import { SLOT_MS } from "../gates/index.ts";
import { type RandomSource, randomSourceOf } from "./random-source.ts";

/** The behaviour of a fleet. Shares are from 0 to 1. */
export type Conditions = {
  /** The share of failed operations on an affected computer. */
  readonly errorRate: number;
  /** The share of affected computers. */
  readonly prevalence: number;
  /** The share of events that never arrive. */
  readonly loss: number;
  /** Mean hours until an event arrives. */
  readonly delayHours: number;
  /** The maximum error of the computers' clocks, in hours. */
  readonly skewHours: number;
  /** The share of computers that never report. */
  readonly offline: number;
};

/** How much a ring's computers are used. */
export type Usage = {
  readonly machines: number;
  readonly sessionsPerDay: number;
  readonly hoursPerSession: number;
  readonly operationsPerHour: number;
};

export const TICKS_PER_HOUR = 12;
const TICKS_PER_DAY = 24 * TICKS_PER_HOUR;

// Repeated in this order: mostly seeking, as viewers do.
const MIX = ["play", "seek", "seek", "verdict", "seek", "seek", "unlock", "seek", "play", "seek"] as const;

/** The counts of a session up to some tick. */
export type Tally = {
  readonly ok: Readonly<Record<Kind, number>>;
  readonly failed: Readonly<Record<Kind, number>>;
};
export type Kind = "start" | (typeof MIX)[number];

/** One reported state of a session: sent at `tick`, received at `arrival`. */
export type ReportedState = {
  readonly machine: number;
  /** The number of the session on this computer, from 0. */
  readonly session: number;
  readonly seq: number;
  readonly tick: number;
  readonly arrival: number;
  readonly upMs: Milliseconds;
  readonly isLast: boolean;
  readonly tally: Tally;
};

export type FleetTimeline = {
  readonly skewMs: readonly Milliseconds[];
  /** The reports that the computers send in this tick. Must be called for each tick in order. */
  readonly reportsAt: (tick: number) => readonly ReportedState[];
};

/** Creates the timeline of one fleet; both paths of the simulator get the same one. */
export function createTimeline(seed: number, fleet: number, usage: Usage, conditions: Conditions): FleetTimeline {
  const random = randomSourceOf(seed, fleet);
  const machines = Array.from({ length: usage.machines }, (_, index) => machineOf(index, random, usage, conditions));
  return {
    skewMs: machines.map(({ skewMs }) => skewMs),
    reportsAt(tick) {
      const reports: ReportedState[] = [];
      for (const machine of machines) {
        const report = machine.tellAt(tick);
        if (report) reports.push(report);
      }
      return reports;
    },
  };
}

function machineOf(index: number, random: RandomSource, usage: Usage, conditions: Conditions) {
  const { loss, delayHours, skewHours, offline, prevalence } = conditions;
  const isOffline = random.share() < offline;
  const errorRate = random.share() < prevalence ? conditions.errorRate : 0;
  const skewMs = Math.round((2 * random.share() - 1) * skewHours * TICKS_PER_HOUR) * SLOT_MS;
  const ticksPerSession = Math.round(usage.hoursPerSession * TICKS_PER_HOUR);
  const mean = usage.operationsPerHour / TICKS_PER_HOUR;
  let untilFailure = random.successes(errorRate);
  let tally: { ok: Record<Kind, number>; failed: Record<Kind, number> } = { ok: zeroCounts(), failed: zeroCounts() };
  let done = 0;

  function operate(kind: Kind): void {
    const failed = untilFailure === 0;
    untilFailure = failed ? random.successes(errorRate) : untilFailure - 1;
    tally[failed ? "failed" : "ok"][kind]++;
  }

  function reportAt(tick: number): ReportedState | undefined {
    const ofDay = tick % TICKS_PER_DAY;
    const sessionOfDay = Math.floor(ofDay / ticksPerSession);
    if (isOffline || sessionOfDay >= usage.sessionsPerDay) return undefined;
    const seq = (ofDay % ticksPerSession) + 1;
    if (seq === 1) {
      tally = { ok: zeroCounts(), failed: zeroCounts() };
      operate("start");
    } else {
      tally = { ok: copyOf(tally.ok), failed: copyOf(tally.failed) };
    }
    for (let count = random.count(mean); count > 0; count--) operate(MIX[done++ % MIX.length] as Kind);
    const isLost = random.share() < loss;
    const delayTicks = Math.ceil(random.wait(delayHours) * TICKS_PER_HOUR);
    if (isLost) return undefined;
    const session = Math.floor(tick / TICKS_PER_DAY) * usage.sessionsPerDay + sessionOfDay;
    const upMs = seq * SLOT_MS;
    return {
      machine: index,
      session,
      seq,
      tick,
      arrival: tick + delayTicks,
      upMs,
      isLast: seq === ticksPerSession,
      tally,
    };
  }

  return { skewMs, tellAt: reportAt };
}

function zeroCounts(): Record<Kind, number> {
  return { start: 0, play: 0, seek: 0, verdict: 0, unlock: 0 };
}

// Written without a loop for speed: the fast path spends most of its time here.
function copyOf({ start, play, seek, verdict, unlock }: Record<Kind, number>): Record<Kind, number> {
  return { start, play, seek, verdict, unlock };
}

import {
  addToDay,
  type AvailabilityWindow,
  type ComputerCounts,
  type ComputerDay,
  type ComputerDurations,
  type Contribution,
  type Counters,
  DAY_MS,
  ERASED,
  HOUR_MS,
  NO_COUNTS,
  SLOT_MS,
  WINDOW_MS,
  type WindowCounts,
} from "../gates/index.ts";
import type { UnixMs } from "../../src-shared/units.ts";
import {
  addTo,
  type Durations,
  durationOf,
  joined,
  type Machine,
  newMachine,
  nothing,
  plausibleIn,
  rankOf,
  type Sums,
} from "./machine-sums.ts";

/** What the computers of one ring have done with one version. */
export type ReleaseSums = ReturnType<typeof createReleaseSums>;

/**
 * Sums are changed in place, and times are numbered: a Map finds small whole numbers much faster than milliseconds since 1970.
 */
export function createReleaseSums() {
  const slots = new Map<number, Sums>();
  const crashes = new Map<number, number>();
  const machines = new Map<string, Machine>();
  /** The computers that reported failed attempts, by half hour. */
  const failing = new Map<number, Set<string>>();
  let sorted: readonly Machine[] | undefined;

  /** All computers, by name. */
  function inOrder(): readonly Machine[] {
    sorted ??= [...machines.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
    return sorted;
  }

  function machineOf(name: string): Machine {
    const known = machines.get(name);
    if (known) return known;
    const machine = newMachine(name);
    machines.set(name, machine);
    sorted = undefined;
    return machine;
  }

  function contribute(part: Contribution): void {
    const machine = machineOf(part.machine);
    const [slot, day] = [numberOf(part.at, SLOT_MS), numberOf(part.at, DAY_MS)];
    const hour = sumIn(machine.hours, numberOf(part.at, HOUR_MS));
    machine.days.set(day, { sum: addToDay(machine.days.get(day)?.sum, part, hour) });
    addTo(hour, part.counts);
    addTo(sumIn(slots, slot), part.counts);
    addTo(sumIn(machine.slots, slot), part.counts);
    machine.lastSlot = Math.max(machine.lastSlot, slot);
    if (part.counts.crashes !== 0) crashes.set(slot, (crashes.get(slot) ?? 0) + part.counts.crashes);
    for (const duration of part.durations) countDuration(machine, day, rankOf(duration), duration.count);
    if (part.counts.attemptsFailed > 0) {
      const at = numberOf(part.at, WINDOW_MS);
      failing.set(at, (failing.get(at) ?? new Set()).add(part.machine));
    }
  }

  function totals(from: UnixMs): Counters {
    const sum = nothing();
    for (const [slot, counts] of slots) if (slot >= numberOf(from, SLOT_MS)) addTo(sum, counts);
    return sum;
  }

  function lastCrashAt(from: UnixMs): UnixMs | undefined {
    let last: number | undefined;
    for (const [slot, count] of crashes) {
      if (count > 0 && slot >= numberOf(from, SLOT_MS) && slot >= (last ?? slot)) last = slot;
    }
    return last === undefined ? undefined : last * SLOT_MS;
  }

  function recent(from: UnixMs): readonly ComputerCounts[] {
    return inOrder().flatMap((machine) => {
      const counts = plausibleIn(machine, from, Infinity);
      if (!counts) return [];
      const { operations, failed } = counts;
      return [{ machine: machine.name, counts: { ...NO_COUNTS, operations, failed } }];
    });
  }

  function windowAt(window: number, from: UnixMs): AvailabilityWindow {
    const computers: WindowCounts[] = [];
    const first = numberOf(window * WINDOW_MS, SLOT_MS);
    for (const { name, slots: ofMachine } of inOrder()) {
      let [attempts, attemptsFailed] = [0, 0];
      for (let slot = Math.max(first, numberOf(from, SLOT_MS)); slot < first + WINDOW_MS / SLOT_MS; slot++) {
        const counts = ofMachine.get(slot);
        attempts += counts?.attempts ?? 0;
        attemptsFailed += counts?.attemptsFailed ?? 0;
      }
      if (attempts > 0) computers.push({ machine: name, attempts, attemptsFailed });
    }
    return { at: window * WINDOW_MS, computers };
  }

  function windows(from: UnixMs, least: number): readonly AvailabilityWindow[] {
    return [...failing]
      .filter(([at, computers]) => at * WINDOW_MS > from - WINDOW_MS && computers.size >= least)
      .map(([at]) => windowAt(at, from))
      .filter(({ computers }) => computers.filter((one) => one.attemptsFailed > 0).length >= least)
      .toSorted((a, b) => a.at - b.at);
  }

  function days(from: UnixMs): readonly ComputerDay[] {
    const firstDay = numberOf(from, DAY_MS);
    const found: ComputerDay[] = [];
    for (const machine of inOrder()) {
      for (const [day, known] of [...machine.days].toSorted(([a], [b]) => a - b)) {
        if (day < firstDay) continue;
        known.row ??= {
          machine: machine.name,
          day: day * DAY_MS,
          ...known.sum,
          features: [...known.sum.features].toSorted(),
        };
        const isPart = day === firstDay && from > firstDay * DAY_MS && machine.name !== ERASED;
        if (!isPart) found.push(known.row);
        else {
          const counts = plausibleIn(machine, from, (day + 1) * DAY_MS);
          if (counts) found.push({ ...known.row, counts, firstAt: Math.max(known.sum.firstAt, from) });
        }
      }
    }
    return found;
  }

  function durations(from: UnixMs, to: UnixMs): readonly ComputerDurations[] {
    const found: ComputerDurations[] = [];
    const isIn = (day: number) => day >= numberOf(from, DAY_MS) && day * DAY_MS < to;
    for (const { name, durations: byDay, allDurations } of inOrder()) {
      const wanted = [...byDay].filter(([day]) => isIn(day));
      const isAll = wanted.length === byDay.size;
      for (const [rank, count] of [...(isAll ? allDurations : sumOf(wanted.map(([, counts]) => counts)))].toSorted(
        ([a], [b]) => a - b,
      )) {
        if (count > 0) found.push({ machine: name, ...durationOf(rank), count });
      }
    }
    return found;
  }

  /** How many operations were done on these days; `undefined`: the version was not used. */
  function operationsIn(from: UnixMs, to: UnixMs): number | undefined {
    let operations: number | undefined;
    for (const { days: ofMachine } of machines.values()) {
      for (const [day, { sum }] of ofMachine) {
        if (day >= numberOf(from, DAY_MS) && day * DAY_MS < to) operations = (operations ?? 0) + sum.counts.operations;
      }
    }
    return operations;
  }

  /** Removes a computer; its days stay, without its name. */
  function erase(name: string): void {
    const gone = machines.get(name);
    if (!gone) return;
    machines.delete(name);
    sorted = undefined;
    for (const computers of failing.values()) computers.delete(name);
    const erased = machineOf(ERASED);
    for (const [day, { sum }] of gone.days) erased.days.set(day, { sum: joined(erased.days.get(day)?.sum, sum) });
    for (const [day, counts] of gone.durations) {
      for (const [rank, count] of counts) countDuration(erased, day, rank, count);
    }
  }

  return { contribute, totals, lastCrashAt, recent, windows, days, durations, operationsIn, erase };
}

const numberOf = (at: UnixMs, length: number) => Math.floor(at / length);

function sumIn(sums: Map<number, Sums>, at: number): Sums {
  const known = sums.get(at);
  if (known) return known;
  const sum = nothing();
  sums.set(at, sum);
  return sum;
}

function countDuration({ durations, allDurations }: Machine, day: number, rank: number, count: number): void {
  let ofDay = durations.get(day);
  if (!ofDay) durations.set(day, (ofDay = new Map()));
  for (const sums of [ofDay, allDurations]) sums.set(rank, (sums.get(rank) ?? 0) + count);
}

function sumOf(all: readonly Durations[]): Durations {
  const sums: Durations = new Map();
  for (const counts of all) for (const [rank, count] of counts) sums.set(rank, (sums.get(rank) ?? 0) + count);
  return sums;
}

import type { Ring } from "../../src-shared/license/index.ts";
import type { SecurityFinding } from "../../src-shared/telemetry/index.ts";
import type { UnixMs } from "../../src-shared/units.ts";
import {
  addToDay,
  type ComputerDay,
  type ComputerDurations,
  type Contribution,
  DAY_MS,
  ERASED,
  type NormalizedState,
  insertIntoSession,
  added,
  NO_COUNTS,
  HOUR_MS,
  type AvailabilityWindow,
  type WindowCounts,
  type Counters,
  type Steps,
  type Ticket,
  type NormalizedEvent,
  SLOT_MS,
  type EventStore,
  type StoreCounts,
  WINDOW_MS,
} from "../gates/index.ts";
import { byName, joined, type Machine, newMachine, plausibleIn, rankOf } from "./machine-sums.ts";

type Release = {
  readonly slots: Map<UnixMs, Counters>;
  readonly machines: Map<string, Machine>;
  /** The computers that reported failed attempts, by half hour. */
  readonly failing: Map<UnixMs, Set<string>>;
};
type StoredFinding = { readonly event: NormalizedEvent; readonly finding: SecurityFinding };

/** The simulator's event store. It passes the same tests as the server's stores. */
export function createMemoryStore(): EventStore & { readonly erase: (machine: string) => Promise<void> } {
  const keys = new Map<string, string>();
  const ids = new Set<string>();
  const sessions = new Map<string, NormalizedState[]>();
  const releases = new Map<string, Release>();
  const steps = new Map<string, Steps>();
  const findings: StoredFinding[] = [];
  const enrolled = new Map<string, Ring>();
  const answers = new Map<string, NormalizedEvent>();
  const tickets = new Map<string, Ticket & { readonly ring: Ring }>();
  const platforms = new Map<string, string>();

  function storeEvent(normalized: NormalizedEvent): keyof StoreCounts {
    const { machine, event } = normalized;
    const key = `${machine} ${event.session} ${event.seq}`;
    const known = keys.get(key);
    if (known !== undefined) return known === event.id ? "duplicates" : "conflicting";
    const id = `${machine} ${event.id}`;
    if (ids.has(id)) return "conflicting";
    ids.add(id);
    keys.set(key, event.id);
    platforms.set(machine, normalized.platform);
    switch (event.kind) {
      case "session":
        storeState({ ...normalized, event });
        break;
      case "security":
        findings.push({ event: normalized, finding: event.finding });
        break;
      case "update":
        storeStep(`${machine} ${event.update.build}`, event.update.step, normalized.at);
        break;
      case "feedback":
        storeAnswer(normalized, event.feedback.score);
        break;
      case "problem":
        storeTicket(event.problem.ticket, normalized);
        break;
      case "crash":
        break;
    }
    return "taken";
  }

  function storeState(state: NormalizedState): void {
    const key = `${state.machine} ${state.event.session}`;
    const states = sessions.get(key) ?? [];
    sessions.set(key, states);
    for (const part of insertIntoSession(states, state)) contribute(part);
  }

  function contribute(part: Contribution): void {
    const { slots, machines, failing } = releaseOf(part.ring, part.version);
    const startOf = (length: number) => part.at - (part.at % length);
    const slot = startOf(SLOT_MS);
    const machine = machines.get(part.machine) ?? newMachine();
    machines.set(part.machine, machine);
    const hour = machine.hours.get(startOf(HOUR_MS)) ?? NO_COUNTS;
    const day = startOf(DAY_MS);
    slots.set(slot, added(slots.get(slot) ?? NO_COUNTS, part.counts));
    machine.slots.set(slot, added(machine.slots.get(slot) ?? NO_COUNTS, part.counts));
    machine.hours.set(startOf(HOUR_MS), added(hour, part.counts));
    machine.days.set(day, addToDay(machine.days.get(day), part, hour));
    const counted = machine.durations.get(day) ?? new Map<string, number>();
    machine.durations.set(day, counted);
    for (const { measure, bucket, count } of part.durations) {
      const name = `${measure} ${bucket}`;
      counted.set(name, (counted.get(name) ?? 0) + count);
    }
    if (part.counts.attemptsFailed > 0) {
      const at = startOf(WINDOW_MS);
      failing.set(at, (failing.get(at) ?? new Set()).add(part.machine));
    }
  }

  function releaseOf(ring: string, version: string): Release {
    const key = `${ring} ${version}`;
    const release = releases.get(key) ?? { slots: new Map(), machines: new Map(), failing: new Map() };
    releases.set(key, release);
    return release;
  }

  function storeStep(key: string, step: keyof Steps, at: UnixMs): void {
    const known = steps.get(key);
    steps.set(key, { ...known, [step]: Math.min(at, known?.[step] ?? at) });
  }

  // The last answer of each computer counts.
  function storeAnswer(normalized: NormalizedEvent, score: number | null): void {
    const key = `${normalized.ring} ${normalized.version} ${normalized.machine}`;
    const known = answers.get(key);
    if (score !== null && !(known && known.at > normalized.at)) answers.set(key, normalized);
  }

  function storeTicket(id: string, { ring, at }: NormalizedEvent): void {
    if (!tickets.has(id)) tickets.set(id, { ring, openedAt: at, closedAt: undefined });
  }

  function* slotsFrom(ring: Ring, version: string, from: UnixMs): Iterable<readonly [UnixMs, Counters]> {
    for (const entry of releaseOf(ring, version).slots) if (entry[0] > from - SLOT_MS) yield entry;
  }

  function totals(ring: Ring, version: string, from: UnixMs): Counters {
    let sum = NO_COUNTS;
    for (const [, counts] of slotsFrom(ring, version, from)) sum = added(sum, counts);
    return sum;
  }

  function windowAt(ring: Ring, version: string, from: UnixMs, at: UnixMs): AvailabilityWindow {
    const computers: WindowCounts[] = [];
    for (const [machine, { slots }] of releaseOf(ring, version).machines) {
      let [attempts, attemptsFailed] = [0, 0];
      for (let slot = at; slot < at + WINDOW_MS; slot += SLOT_MS) {
        if (slot <= from - SLOT_MS) continue;
        attempts += slots.get(slot)?.attempts ?? 0;
        attemptsFailed += slots.get(slot)?.attemptsFailed ?? 0;
      }
      if (attempts > 0) computers.push({ machine, attempts, attemptsFailed });
    }
    return { at, computers: computers.toSorted(byName) };
  }

  function windows(ring: Ring, version: string, from: UnixMs, failing: number): readonly AvailabilityWindow[] {
    const found = [...releaseOf(ring, version).failing].filter(
      ([at, machines]) => at > from - WINDOW_MS && machines.size >= failing,
    );
    return found
      .map(([at]) => windowAt(ring, version, from, at))
      .filter(({ computers }) => computers.filter((one) => one.attemptsFailed > 0).length >= failing)
      .toSorted((a, b) => a.at - b.at);
  }

  function days(ring: Ring, version: string, from: UnixMs): readonly ComputerDay[] {
    const firstDay = from - (from % DAY_MS);
    const found: ComputerDay[] = [];
    for (const [machine, { days: ofMachine, slots }] of releaseOf(ring, version).machines) {
      for (const [day, sum] of ofMachine) {
        if (day < firstDay) continue;
        const isPart = day === firstDay && from > firstDay && machine !== ERASED;
        const counts = isPart ? plausibleIn(slots, from, firstDay + DAY_MS) : sum.counts;
        if (!counts) continue;
        const firstAt = isPart ? Math.max(sum.firstAt, from) : sum.firstAt;
        found.push({ machine, day, ...sum, counts, firstAt, features: [...sum.features].toSorted() });
      }
    }
    return found.toSorted((a, b) => byName(a, b) || a.day - b.day);
  }

  function durations(ring: Ring, version: string, from: UnixMs, to: UnixMs): readonly ComputerDurations[] {
    const found: ComputerDurations[] = [];
    for (const [machine, { durations: byDay }] of releaseOf(ring, version).machines) {
      const sums = new Map<string, number>();
      for (const [day, counts] of byDay) {
        if (day < from - (from % DAY_MS) || day >= to) continue;
        for (const [name, count] of counts) sums.set(name, (sums.get(name) ?? 0) + count);
      }
      for (const [name, count] of sums) {
        const [measure, bucket] = name.split(" ") as [ComputerDurations["measure"], string];
        if (count > 0) found.push({ machine, measure, bucket: Number(bucket), count });
      }
    }
    return found.toSorted((a, b) => byName(a, b) || rankOf(a) - rankOf(b));
  }

  function versionBefore(ring: Ring, version: string, from: UnixMs, to: UnixMs): string | undefined {
    let best: { readonly version: string; readonly operations: number } | undefined;
    for (const [key, { machines }] of releases) {
      const [ofRing, other = ""] = key.split(" ");
      if (ofRing !== ring || other === version) continue;
      let [operations, isKnown] = [0, false];
      for (const { days: ofMachine } of machines.values()) {
        for (const [day, { counts }] of ofMachine) {
          if (day < from - (from % DAY_MS) || day >= to) continue;
          operations += counts.operations;
          isKnown = true;
        }
      }
      const isBetter =
        !best || operations > best.operations || (operations === best.operations && other < best.version);
      if (isKnown && isBetter) best = { version: other, operations };
    }
    return best?.version;
  }

  /** Removes a computer; its days stay, without its name. */
  function erase(machine: string): void {
    for (const { machines, failing } of releases.values()) {
      const gone = machines.get(machine);
      if (!gone) continue;
      machines.delete(machine);
      for (const computers of failing.values()) computers.delete(machine);
      const erased = machines.get(ERASED) ?? newMachine();
      machines.set(ERASED, erased);
      for (const [day, sum] of gone.days) erased.days.set(day, joined(erased.days.get(day), sum));
      for (const [day, counts] of gone.durations) {
        const sums = erased.durations.get(day) ?? new Map<string, number>();
        erased.durations.set(day, sums);
        for (const [name, count] of counts) sums.set(name, (sums.get(name) ?? 0) + count);
      }
    }
    for (const key of [...sessions.keys()].filter((one) => one.startsWith(`${machine} `))) sessions.delete(key);
    for (const key of [...keys.keys()].filter((one) => one.startsWith(`${machine} `))) keys.delete(key);
    for (const key of [...steps.keys()].filter((one) => one.startsWith(`${machine} `))) steps.delete(key);
    for (const [key, answer] of answers) if (answer.machine === machine) answers.delete(key);
    findings.splice(0, findings.length, ...findings.filter(({ event }) => event.machine !== machine));
    platforms.delete(machine);
  }

  return {
    async take(events) {
      const counts = { taken: 0, duplicates: 0, conflicting: 0 };
      for (const event of events) counts[storeEvent(event)]++;
      return counts;
    },
    enrol: async (machine, ring) => void enrolled.set(machine, ring),
    totals: async (...of) => totals(...of),
    erase: async (machine) => erase(machine),
    recent: async (ring, version, from) =>
      [...releaseOf(ring, version).machines]
        .flatMap(([machine, { slots }]) => {
          const counts = plausibleIn(slots, from, Infinity);
          if (!counts) return [];
          const { operations, failed } = counts;
          return [{ machine, counts: { ...NO_COUNTS, operations, failed } }];
        })
        .toSorted(byName),
    days: async (...of) => days(...of),
    durations: async (...of) => durations(...of),
    versionBefore: async (...of) => versionBefore(...of),
    windows: async (...of) => windows(...of),
    async lastCrashAt(ring, version, from) {
      const slots = [...slotsFrom(ring, version, from)].filter(([, { crashes }]) => crashes > 0);
      return slots.length > 0 ? Math.max(...slots.map(([slot]) => slot)) : undefined;
    },
    enrolled: async ({ ring, build }) =>
      [...enrolled]
        .filter(([, of]) => of === ring)
        .map(([machine]) => ({
          machine,
          platform: platforms.get(machine),
          steps: steps.get(`${machine} ${build}`) ?? {},
        }))
        .toSorted(byName),
    findings: async ({ ring, version, countsFrom }) =>
      findings
        .filter(({ event }) => event.ring === ring && event.version === version && event.at >= countsFrom)
        .map(({ event, finding }) => ({ machine: event.machine, ...finding })),
    scores: async ({ ring, version }) =>
      [...answers.values()]
        .filter((answer) => answer.ring === ring && answer.version === version)
        .toSorted((a, b) => (a.machine < b.machine ? -1 : 1))
        .flatMap(({ machine, event }) =>
          event.kind === "feedback" && event.feedback.score !== null ? [{ machine, score: event.feedback.score }] : [],
        ),
    tickets: async (ring) =>
      [...tickets.values()]
        .filter((ticket) => ticket.ring === ring)
        .map(({ openedAt, closedAt }): Ticket => ({ openedAt, closedAt }))
        .toSorted((a, b) => a.openedAt - b.openedAt),
    // A simulated fleet always reaches the services.
    reached: async () => [],
  };
}

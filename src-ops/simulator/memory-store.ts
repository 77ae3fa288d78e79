import type { Ring } from "../../src-shared/license/index.ts";
import type { SecurityFinding } from "../../src-shared/telemetry/index.ts";
import type { UnixMs } from "../../src-shared/units.ts";
import {
  addToMachine,
  type Contribution,
  type MachineSum,
  mergeMachines,
  type NormalizedState,
  insertIntoSession,
  added,
  NO_COUNTS,
  type AvailabilityWindow,
  type Counters,
  type MachineFacts,
  type Steps,
  type Ticket,
  DAY_MS,
  type NormalizedEvent,
  SLOT_MS,
  type EventStore,
  type StoreCounts,
  type RunningRelease,
  WINDOW_MS,
} from "../gates/index.ts";

type Release = { readonly slots: Map<number, Counters>; readonly machines: Map<string, Map<number, MachineSum>> };
type StoredFinding = { readonly event: NormalizedEvent; readonly finding: SecurityFinding };

/** The simulator's event store. It passes the same tests as the server's stores. */
export function createMemoryStore(): EventStore {
  const keys = new Map<string, string>();
  const ids = new Set<string>();
  const sessions = new Map<string, NormalizedState[]>();
  const releases = new Map<string, Release>();
  const steps = new Map<string, Steps>();
  const findings: StoredFinding[] = [];
  const enrolled = new Map<string, Ring>();
  const answers = new Map<string, NormalizedEvent>();
  const tickets = new Map<string, Ticket & { readonly ring: Ring }>();

  function storeEvent(normalized: NormalizedEvent): keyof StoreCounts {
    const { machine, event } = normalized;
    const key = `${machine} ${event.session} ${event.seq}`;
    const known = keys.get(key);
    if (known !== undefined) return known === event.id ? "duplicates" : "conflicting";
    const id = `${machine} ${event.id}`;
    if (ids.has(id)) return "conflicting";
    ids.add(id);
    keys.set(key, event.id);
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
    const { slots, machines } = releaseOf(part.ring, part.version);
    const slot = part.at - (part.at % SLOT_MS);
    slots.set(slot, added(slots.get(slot) ?? NO_COUNTS, part.counts));
    const days = machines.get(part.machine) ?? new Map<number, MachineSum>();
    machines.set(part.machine, days);
    const day = part.at - (part.at % DAY_MS);
    days.set(day, addToMachine(days.get(day), part));
  }

  function releaseOf(ring: string, version: string): Release {
    const key = `${ring} ${version}`;
    const release = releases.get(key) ?? { slots: new Map(), machines: new Map() };
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

  function windows(ring: Ring, version: string, from: UnixMs): readonly AvailabilityWindow[] {
    const found = new Map<UnixMs, AvailabilityWindow>();
    for (const [slot, { attempts, attemptsFailed }] of slotsFrom(ring, version, from)) {
      const at = slot - (slot % WINDOW_MS);
      const window = found.get(at) ?? { at, attempts: 0, attemptsFailed: 0 };
      const sums = { attempts: window.attempts + attempts, attemptsFailed: window.attemptsFailed + attemptsFailed };
      found.set(at, { at, ...sums });
    }
    return [...found.values()].toSorted((a, b) => a.at - b.at);
  }

  function machineFacts(machine: string, { ring, version, build, since }: RunningRelease): MachineFacts {
    const days = [...(releaseOf(ring, version).machines.get(machine) ?? [])].filter(([day]) => day > since - DAY_MS);
    const sums = days.map(([, sum]) => sum);
    const sum = sums.length > 0 ? sums.reduce(mergeMachines) : undefined;
    return {
      machine,
      operations: sum?.counts.operations ?? 0,
      failed: sum?.counts.failed ?? 0,
      memoryHighest: sum?.memoryHighest ?? 0,
      features: [...(sum?.features ?? [])].toSorted(),
      lastAt: sum?.lastAt,
      steps: steps.get(`${machine} ${build}`) ?? {},
    };
  }

  return {
    async take(events) {
      const counts = { taken: 0, duplicates: 0, conflicting: 0 };
      for (const event of events) counts[storeEvent(event)]++;
      return counts;
    },
    enrol: async (machine, ring) => void enrolled.set(machine, ring),
    totals: async (...of) => totals(...of),
    windows: async (...of) => windows(...of),
    async lastCrashAt(ring, version, from) {
      const slots = [...slotsFrom(ring, version, from)].filter(([, { crashes }]) => crashes > 0);
      return slots.length > 0 ? Math.max(...slots.map(([slot]) => slot)) : undefined;
    },
    machines: async (release) =>
      [...enrolled]
        .filter(([, ring]) => ring === release.ring)
        .map(([machine]) => machineFacts(machine, release))
        .toSorted((a, b) => (a.machine < b.machine ? -1 : 1)),
    findings: async ({ ring, version, since }) =>
      findings
        .filter(({ event }) => event.ring === ring && event.version === version && event.at >= since)
        .map(({ event, finding: { what, artefact } }) => ({ machine: event.machine, what, artefact })),
    scores: async ({ ring, version }) =>
      [...answers.values()]
        .filter((answer) => answer.ring === ring && answer.version === version)
        .toSorted((a, b) => (a.machine < b.machine ? -1 : 1))
        .flatMap(({ event }) =>
          event.kind === "feedback" && event.feedback.score !== null ? [event.feedback.score] : [],
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

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
  BLOCK_MS,
  COUNTERS,
  HOUR_MS,
  plausiblePart,
  type AvailabilityWindow,
  type WindowCounts,
  type Counters,
  type MachineFacts,
  type Steps,
  type Ticket,
  type NormalizedEvent,
  SLOT_MS,
  type EventStore,
  type StoreCounts,
  type RunningRelease,
  WINDOW_MS,
} from "../gates/index.ts";

type Machine = {
  readonly slots: Map<UnixMs, Counters>;
  readonly hours: Map<UnixMs, Counters>;
  readonly blocks: Map<UnixMs, MachineSum>;
};
type Release = {
  readonly slots: Map<UnixMs, Counters>;
  readonly machines: Map<string, Machine>;
  /** The computers that reported failed attempts, by half hour. */
  readonly failing: Map<UnixMs, Set<string>>;
};
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
    const { slots, machines, failing } = releaseOf(part.ring, part.version);
    const startOf = (length: number) => part.at - (part.at % length);
    const slot = startOf(SLOT_MS);
    const machine = machines.get(part.machine) ?? { slots: new Map(), hours: new Map(), blocks: new Map() };
    machines.set(part.machine, machine);
    const hour = machine.hours.get(startOf(HOUR_MS)) ?? NO_COUNTS;
    const block = startOf(BLOCK_MS);
    slots.set(slot, added(slots.get(slot) ?? NO_COUNTS, part.counts));
    machine.slots.set(slot, added(machine.slots.get(slot) ?? NO_COUNTS, part.counts));
    machine.hours.set(startOf(HOUR_MS), added(hour, part.counts));
    machine.blocks.set(block, addToMachine(machine.blocks.get(block), part, hour));
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

  function machineFacts(machine: string, { ring, version, build, since }: RunningRelease): MachineFacts {
    const blocks = [...(releaseOf(ring, version).machines.get(machine)?.blocks ?? [])];
    const sums = blocks.filter(([block]) => block > since - BLOCK_MS).map(([, sum]) => sum);
    const sum = sums.length > 0 ? sums.reduce(mergeMachines) : undefined;
    return {
      machine,
      operations: sum?.counts.operations ?? 0,
      failed: sum?.counts.failed ?? 0,
      surplus: sum?.surplus ?? 0,
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
    counts: async (ring, version, from) =>
      [...releaseOf(ring, version).machines]
        .map(([machine, sums]) => ({ machine, counts: countsOf(sums, from) }))
        .filter(({ counts }) => COUNTERS.some((name) => counts[name] > 0))
        .toSorted(byName),
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

const byName = (a: { readonly machine: string }, b: { readonly machine: string }) => (a.machine < b.machine ? -1 : 1);

/** What one computer has counted since then, cut to what is plausible. */
function countsOf({ slots, blocks }: Machine, from: UnixMs): Counters {
  const firstBlock = Math.ceil(from / BLOCK_MS) * BLOCK_MS;
  let sum = NO_COUNTS;
  const hours = new Map<UnixMs, Counters>();
  for (const [slot, counts] of slots) {
    const hour = slot - (slot % HOUR_MS);
    if (slot > from - SLOT_MS && slot < firstBlock) hours.set(hour, added(hours.get(hour) ?? NO_COUNTS, counts));
  }
  for (const counts of hours.values()) sum = added(sum, plausiblePart(counts));
  for (const [block, { counts }] of blocks) if (block >= firstBlock) sum = added(sum, counts);
  return sum;
}

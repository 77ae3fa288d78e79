import type { Ring } from "../../src-shared/license/index.ts";
import type { SecurityFinding } from "../../src-shared/telemetry/index.ts";
import type { UnixMs } from "../../src-shared/units.ts";
import {
  insertIntoSession,
  type EventStore,
  type NormalizedEvent,
  type NormalizedState,
  type Steps,
  type StoreCounts,
  type Ticket,
} from "../gates/index.ts";
import { createReleaseSums, type ReleaseSums } from "./release-sums.ts";

/** What was received from one computer. */
type Received = { readonly ids: Set<string>; readonly sessions: Map<string, ReceivedSession> };
/** The ids of its events by `seq`, and its states in their order. */
type ReceivedSession = { readonly ids: Map<number, string>; highest: number; readonly states: NormalizedState[] };
type StoredFinding = { readonly event: NormalizedEvent; readonly finding: SecurityFinding };

/** The simulator's event store. It passes the same tests as the server's stores. */
export function createMemoryStore(): EventStore & { readonly erase: (machine: string) => Promise<void> } {
  const computers = new Map<string, Received>();
  const releases = new Map<Ring, Map<string, ReleaseSums>>();
  const steps = new Map<string, Steps>();
  const findings: StoredFinding[] = [];
  const enrolled = new Map<string, Ring>();
  const answers = new Map<string, NormalizedEvent>();
  const tickets = new Map<string, Ticket & { readonly ring: Ring }>();
  const platforms = new Map<string, string>();

  function storeEvent(normalized: NormalizedEvent): keyof StoreCounts {
    const { machine, event } = normalized;
    const { ids, sessions } = computerOf(machine);
    const session = sessions.get(event.session) ?? { ids: new Map(), highest: 0, states: [] };
    const known = session.ids.get(event.seq);
    if (known !== undefined) return known === event.id ? "duplicates" : "conflicting";
    if (ids.has(event.id)) return "conflicting";
    ids.add(event.id);
    session.ids.set(event.seq, event.id);
    session.highest = Math.max(session.highest, event.seq);
    sessions.set(event.session, session);
    platforms.set(machine, normalized.platform);
    switch (event.kind) {
      case "session":
        storeState({ ...normalized, event }, session);
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

  function storeState(state: NormalizedState, { ids, highest, states }: ReceivedSession): void {
    for (const part of insertIntoSession(states, state)) sumsOf(part.ring, part.version).contribute(part);
    // If no earlier event of the session is missing, only the last state can still be compared with another one.
    if (ids.size === highest) states.splice(0, states.length - 1);
  }

  function computerOf(name: string): Received {
    let computer = computers.get(name);
    if (!computer) computers.set(name, (computer = { ids: new Set(), sessions: new Map() }));
    return computer;
  }

  function sumsOf(ring: Ring, version: string): ReleaseSums {
    let ofRing = releases.get(ring);
    if (!ofRing) releases.set(ring, (ofRing = new Map()));
    let sums = ofRing.get(version);
    if (!sums) ofRing.set(version, (sums = createReleaseSums()));
    return sums;
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

  function versionBefore(ring: Ring, version: string, from: UnixMs, to: UnixMs): string | undefined {
    let best: { readonly version: string; readonly operations: number } | undefined;
    for (const [other, sums] of releases.get(ring) ?? []) {
      const operations = other === version ? undefined : sums.operationsIn(from, to);
      if (operations === undefined) continue;
      const isBetter =
        !best || operations > best.operations || (operations === best.operations && other < best.version);
      if (isBetter) best = { version: other, operations };
    }
    return best?.version;
  }

  /** Removes a computer; its days stay, without its name. */
  function erase(machine: string): void {
    for (const ofRing of releases.values()) for (const sums of ofRing.values()) sums.erase(machine);
    computers.get(machine)?.sessions.clear();
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
    erase: async (machine) => erase(machine),
    totals: async (ring, version, from) => sumsOf(ring, version).totals(from),
    recent: async (ring, version, from) => sumsOf(ring, version).recent(from),
    days: async (ring, version, from) => sumsOf(ring, version).days(from),
    durations: async (ring, version, from, to) => sumsOf(ring, version).durations(from, to),
    versionBefore: async (...of) => versionBefore(...of),
    windows: async (ring, version, from, least) => sumsOf(ring, version).windows(from, least),
    lastCrashAt: async (ring, version, from) => sumsOf(ring, version).lastCrashAt(from),
    enrolled: async ({ ring, build }) =>
      [...enrolled]
        .filter(([, of]) => of === ring)
        .map(([machine]) => ({
          machine,
          platform: platforms.get(machine),
          steps: steps.get(`${machine} ${build}`) ?? {},
        }))
        .toSorted((a, b) => (a.machine < b.machine ? -1 : 1)),
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

import {
  type Exposure,
  type GateName,
  type Judgement,
  judgeRelease,
  readFacts,
  type RingPolicy,
  SLOT_MS,
} from "../gates/index.ts";
import type { Ring } from "../../src-shared/license/index.ts";
import { withCache } from "./cached-store.ts";
import type { Fleet } from "./fleet.ts";
import { EVERY_LOOK, fewLooks } from "./looks.ts";
import { createMemoryStore } from "./memory-store.ts";
import { BUILD, type Message, receivedDirectly, receivedFully, RELEASE } from "./messages.ts";
import type { Scenario } from "./scenario-schema.ts";
import { sinceOf, type Tick, TICKS_PER_HOUR } from "./ticks.ts";

const REGISTER = { isGenuine: () => false, computerOf: (pseudonym: string) => pseudonym };

/** `full`: bytes as they are sent, and a look every five minutes; `fast`: without bytes, and fewer looks. */
export type Path = "fast" | "full";

export type Observation = {
  readonly scenario: Scenario;
  readonly ring: Ring;
  readonly policy: RingPolicy;
  readonly fleet: Fleet;
  readonly promotedWith: Exposure | null;
  readonly path: Path;
};

export type Observed = {
  readonly passedAt: number | null;
  readonly haltedAt: number | null;
  /** The gates that halted it. */
  readonly haltedBy: readonly GateName[];
  /** The gates that were open at the end. */
  readonly openAtEnd: readonly GateName[];
  /** The gates that passed at one look, and held, failed or halted at a later one. */
  readonly found: readonly GateName[];
  /** What counted when it passed. */
  readonly exposure: Exposure | null;
};

/** Observes one fleet with the ring server's own code: events in, verdicts out. */
export async function observe({ scenario, ring, policy, fleet, promotedWith, path }: Observation): Promise<Observed> {
  const store = withCache(createMemoryStore());
  const since = sinceOf(scenario);
  // The ring never ran these bytes before, so what seems to be older than the release comes from wrong clocks.
  const release = { ring, build: BUILD, version: RELEASE, since, countsFrom: 0, pooled: promotedWith };
  const ticks = (scenario.watchHours ?? policy.longestHours) * TICKS_PER_HOUR;
  const looks = path === "full" ? EVERY_LOOK : fewLooks(policy, ticks);
  const received = path === "full" ? receivedFully : receivedDirectly;
  const arriving = new Map<Tick, Message[]>();
  const passing = new Set<GateName>();
  const found = new Set<GateName>();
  let passed: { readonly at: number; readonly exposure: Exposure } | undefined;
  let last: Judgement | undefined;
  for (const name of fleet.names) await store.enrol(name, ring);

  function sendFor(hour: number): void {
    for (const message of fleet.messagesOf(hour)) {
      const waiting = arriving.get(message.arrival);
      if (waiting) waiting.push(message);
      else arriving.set(message.arrival, [message]);
    }
  }

  async function receiveAt(tick: Tick): Promise<void> {
    for (const name of fleet.erasures.get(tick) ?? []) {
      await store.erase(name);
      looks.noteErasure(tick);
    }
    const messages = arriving.get(tick);
    if (!messages) return;
    arriving.delete(tick);
    for (const message of messages) {
      await store.take(received(message, ring, since + tick * SLOT_MS));
      looks.note(message, tick);
    }
  }

  async function look(tick: Tick): Promise<Judgement> {
    const facts = await readFacts(store, release, policy, REGISTER, since + tick * SLOT_MS);
    const judgement = judgeRelease(facts, policy);
    for (const { gate, outcome } of judgement.gates) {
      if (outcome === "pass") passing.add(gate);
      else if (passing.has(gate)) found.add(gate);
    }
    if (judgement.verdict === "pass") passed ??= { at: tick / TICKS_PER_HOUR, exposure: judgement.exposure };
    return judgement;
  }

  const observed = (haltedAt: number | null, haltedBy: readonly GateName[]): Observed => ({
    passedAt: passed?.at ?? null,
    haltedAt,
    haltedBy,
    openAtEnd: namesOf(last, (outcome) => outcome !== "pass"),
    found: [...found],
    exposure: passed?.exposure ?? null,
  });

  for (let hour = fleet.firstHour; hour < 0; hour++) sendFor(hour);
  for (const tick of [...arriving.keys()].filter((at) => at < 0).toSorted((a, b) => a - b)) await receiveAt(tick);
  for (let tick = 0; tick <= ticks; tick++) {
    if (tick % TICKS_PER_HOUR === 0) sendFor(tick / TICKS_PER_HOUR);
    await receiveAt(tick);
    if (tick < ticks && !looks.isDue(tick, passed !== undefined)) continue;
    last = await look(tick);
    if (last.halt)
      return observed(
        tick / TICKS_PER_HOUR,
        namesOf(last, (outcome) => outcome === "halt"),
      );
    if (passed && !scenario.keepWatching) return observed(null, []);
  }
  return observed(null, []);
}

function namesOf(judgement: Judgement | undefined, isWanted: (outcome: string) => boolean): GateName[] {
  return judgement?.gates.flatMap(({ gate, outcome }) => (isWanted(outcome) ? [gate] : [])) ?? [];
}

import type { Ring } from "../../src-shared/license/index.ts";
import { type Computer, createComputer } from "./computer.ts";
import { type Message, nameOf } from "./messages.ts";
import { randomSourceOf } from "./random-source.ts";
import type { Group, Scenario } from "./scenario-schema.ts";
import { type Tick, TICKS_PER_HOUR } from "./ticks.ts";

const DEFAULT_SHARE = 1_000;
const ALL = 10_000;
const DAYS_BEFORE = { ring0: 28, ring1: 28, ga: 2 } as const;
const GOOD_SCORES = [8, 9, 8, 10];

/** The computers of one ring, and what they send. */
export type Fleet = {
  readonly names: readonly string[];
  /** The first hour of the version before; negative. */
  readonly firstHour: number;
  /** What is sent in this hour. Must be called for each hour in order, from the first. */
  readonly messagesOf: (hour: number) => readonly Message[];
  /** The computers whose data is erased on request, by time. */
  readonly erasures: ReadonlyMap<Tick, readonly string[]>;
};

/** Creates one fleet. The same seed and number give the same fleet. */
export function createFleet(scenario: Scenario, ring: Ring, groups: readonly Group[], seed: number, number: number) {
  const random = randomSourceOf(seed, number);
  const share = ring === "ga" ? (scenario.basisPoints ?? DEFAULT_SHARE) : ALL;
  const scores = ring === "ring1" ? (scenario.scores ?? GOOD_SCORES) : [];
  const computers: Computer[] = [];
  const names: string[] = [];
  const erasures = new Map<Tick, string[]>();
  for (const group of groups) {
    const inside = Math.round((group.count * share) / ALL);
    for (let index = 0; index < group.count; index++) {
      const name = nameOf(computers.length);
      const given = scenario.scores ? scores[computers.length] : scores[computers.length % GOOD_SCORES.length];
      const setup = { number: computers.length, name, ring, group, scenario, random, isInside: index < inside };
      computers.push(createComputer({ ...setup, score: given ?? null }));
      names.push(name);
      if (group.withdrawsAtHour === undefined) continue;
      const at = group.withdrawsAtHour * TICKS_PER_HOUR;
      erasures.set(at, [...(erasures.get(at) ?? []), name]);
    }
  }
  return {
    names,
    firstHour: -24 * (scenario.before.days ?? DAYS_BEFORE[ring]),
    messagesOf(hour) {
      const troubles = new Set<Tick>();
      for (const computer of computers) for (const tick of computer.begin(hour)) troubles.add(tick);
      // A running app reports every five minutes. That matters when the release fails on one of them: what it did on the
      // others until then is known too. At other times, and about other versions, one report an hour tells the same.
      const ticks = [...troubles].toSorted((a, b) => a - b);
      const messages: Message[] = [];
      for (const computer of computers) messages.push(...computer.messagesOf(hour, ticks));
      return messages;
    },
    erasures,
  } satisfies Fleet as Fleet;
}

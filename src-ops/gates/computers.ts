import { added } from "./counters.ts";
import type { ComputerCounts, Enrolled, Steps } from "./facts.ts";

/** The computer behind a pseudonym, according to the register: one computer may have several enrolments. */
export type ComputerOf = (pseudonym: string) => string;

/** Counts by computer: all of its enrolments together count once. */
export function byComputer(counts: readonly ComputerCounts[], computerOf: ComputerOf): readonly ComputerCounts[] {
  return grouped(counts, computerOf, (a, b) => ({ ...a, counts: added(a.counts, b.counts) }));
}

export function enrolledByComputer(enrolled: readonly Enrolled[], computerOf: ComputerOf): readonly Enrolled[] {
  return grouped(enrolled, computerOf, (a, b) => ({
    machine: a.machine,
    platform: a.platform ?? b.platform,
    steps: earliest(a.steps, b.steps),
  }));
}

/** Joins what belongs to the same computer, under its name. */
export function grouped<T extends { readonly machine: string }>(
  all: readonly T[],
  computerOf: ComputerOf,
  join: (a: T, b: T) => T,
): readonly T[] {
  const found = new Map<string, T>();
  for (const one of all) {
    const machine = computerOf(one.machine);
    const known = found.get(machine);
    const named = { ...one, machine };
    found.set(machine, known ? join(known, named) : named);
  }
  return [...found.values()];
}

function earliest(a: Steps, b: Steps): Steps {
  const names = new Set([...Object.keys(a), ...Object.keys(b)] as (keyof Steps)[]);
  return Object.fromEntries([...names].map((name) => [name, Math.min(a[name] ?? Infinity, b[name] ?? Infinity)]));
}

import { createHash } from "node:crypto";
import {
  type BudgetPolicy,
  type Burn,
  type BudgetState,
  budgetOf,
  burnsOf,
  explain,
  type ExplainedJudgement,
  type Counters,
  hasArrived,
  judgeRelease,
  type MachineFacts,
  NO_COUNTS,
  type LastReached,
  readFacts,
  type RegisterFacts,
  type RingPolicy,
  totalOf,
  type PolicyFile,
} from "../../gates/index.ts";
import type { RingStore } from "../store/index.ts";
import type { Offer, RingRelease } from "./running-releases.ts";
import { DAY, MINUTE, type UnixMs } from "../../../src-shared/units.ts";

/** The result for one ring's release: the verdict with its reasons, and the error budget. */
export type Assessment = RingRelease &
  ExplainedJudgement & {
    readonly v: 1;
    readonly policyHash: string;
    /** Hash of all facts that the gates used. */
    readonly evidenceHash: string;
    readonly assessedAt: UnixMs;
    readonly operations: number;
    readonly failed: number;
    readonly suspected: number;
    /** Computers that reported more than one computer can do; the surplus does not count. */
    readonly implausible: readonly string[];
    /** Refusals of genuine licenses for which the release is to blame. */
    readonly genuine: { readonly signature: number; readonly rollback: number };
    readonly budget: { readonly left: number; readonly state: BudgetState } | null;
    readonly burns: readonly Burn[];
    /** How soon people must evaluate an incident of this ring, and decide on it. */
    readonly deadlines: RingPolicy["deadlines"];
    readonly reached: readonly LastReached[];
    /** The ring's enrolled computers, and those that have reported the release. */
    readonly computers: { readonly enrolled: number; readonly running: number };
    /** The answers of the people who are asked, and how many are asked. */
    readonly scores: readonly number[];
    readonly asked: number;
    /** Computers that installed the release a day ago or earlier, and never started it. */
    readonly deadInstalls: readonly string[];
    /** What the incidents need of the ring's policy. */
    readonly limits: { readonly reportedWithinHours: number; readonly lowestScore: number };
    /** What the rings offer, this one first: an evaluation of all rings adds the others. */
    readonly offers: readonly Offer[];
  };

/** Evaluates the release that a ring runs, from what its computers have reported. */
export async function assess(
  store: RingStore,
  running: RingRelease,
  { policy, hash }: PolicyFile,
  register: RegisterFacts,
  now: UnixMs,
): Promise<Assessment> {
  const rules = policy.rings[running.ring];
  const facts = await readFacts(store, running, rules, register, now);
  const judgement = explain(judgeRelease(facts, rules));
  const exposures = await exposuresOf(store, running, policy.budget, now);
  const exposureOf = (minutes: number) => exposures.get(minutes) ?? NO_COUNTS;
  return {
    v: 1,
    ...running,
    ...judgement,
    policyHash: hash,
    evidenceHash: createHash("sha256").update(JSON.stringify(facts)).digest("hex"),
    assessedAt: now,
    operations: totalOf(facts.counts, "operations"),
    failed: totalOf(facts.counts, "failed"),
    implausible: facts.machines.filter(({ surplus }) => surplus > 0).map(({ machine }) => machine),
    suspected: facts.security.suspected,
    genuine: facts.security.genuine,
    budget: budgetOf(exposureOf(daysInMinutes(policy.budget)), rules.errors.below, policy.budget),
    burns: burnsOf(exposureOf, rules.errors.below, policy.budget),
    deadlines: rules.deadlines,
    reached: facts.reached,
    computers: {
      enrolled: facts.machines.length,
      running: facts.machines.filter(({ lastAt }) => lastAt !== undefined).length,
    },
    scores: facts.scores,
    asked: rules.people ? facts.asked : 0,
    deadInstalls: facts.machines.filter((one) => isDead(one, now)).map(({ machine }) => machine),
    limits: {
      reportedWithinHours: rules.machines.reportedWithinHours,
      lowestScore: rules.people?.feedback.lowest ?? 0,
    },
    offers: [{ ring: running.ring, percent: running.signed.basisPoints / 100, computers: facts.machines.length }],
  };
}

// A computer that is switched off over night is not dead.
const DEAD_AFTER_MS = DAY * 1_000;

function isDead(machine: MachineFacts, now: UnixMs): boolean {
  const { installed } = machine.steps;
  return installed !== undefined && now - installed >= DEAD_AFTER_MS && !hasArrived(machine);
}

const daysInMinutes = ({ days }: BudgetPolicy) => (days * DAY) / MINUTE;

/** The counters of each time window that the budget uses, by its length in minutes. */
async function exposuresOf(
  store: RingStore,
  { ring, version }: RingRelease,
  budget: BudgetPolicy,
  now: UnixMs,
): Promise<ReadonlyMap<number, Counters>> {
  const windows = budget.burns.flatMap(({ longMinutes, shortMinutes }) => [longMinutes, shortMinutes]);
  const found = new Map<number, Counters>();
  for (const minutes of new Set([...windows, daysInMinutes(budget)])) {
    found.set(minutes, await store.totals(ring, version, now - minutes * MINUTE * 1_000));
  }
  return found;
}

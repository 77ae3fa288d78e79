import {
  type Burn,
  type BudgetState,
  budgetOf,
  burnsOf,
  explain,
  type ExplainedJudgement,
  type IsGenuine,
  judgeRelease,
  readFacts,
} from "../../../src-shared/rings/index.ts";
import { DAY, MINUTE, type UnixMs } from "../../../src-shared/units.ts";
import type { PolicyFile } from "../../policy/index.ts";
import type { SqliteStore } from "../store/sqlite-store.ts";
import type { Running } from "./running.ts";

/** One ring's release: the verdict with its reasons, and the budget of failures. */
export type Assessment = Running &
  ExplainedJudgement & {
    readonly v: 1;
    readonly policyHash: string;
    readonly assessedAt: UnixMs;
    readonly operations: number;
    readonly failed: number;
    readonly suspected: number;
    /** Refusals of what is genuine and current. */
    readonly genuine: { readonly signature: number; readonly rollback: number };
    readonly budget: { readonly left: number; readonly state: BudgetState } | null;
    readonly burns: readonly Burn[];
  };

/** Judges what a ring runs by what its computers have told. */
export function assess(
  store: SqliteStore,
  running: Running,
  { policy, hash }: PolicyFile,
  isGenuine: IsGenuine,
  now: UnixMs,
): Assessment {
  const rules = policy.rings[running.ring];
  const facts = readFacts(store, running, rules, isGenuine, now);
  const judgement = explain(judgeRelease(facts, rules));
  const refused = store.findings(running).filter(({ artefact }) => artefact !== null && isGenuine(artefact));
  const genuineOf = (what: "signature" | "rollback") => refused.filter((one) => one.what === what).length;
  const exposureOf = (minutes: number) => store.totals(running.ring, running.version, now - minutes * MINUTE * 1_000);
  return {
    v: 1,
    ...running,
    ...judgement,
    policyHash: hash,
    assessedAt: now,
    operations: facts.totals.operations,
    failed: facts.totals.failed,
    suspected: facts.security.suspected,
    genuine: { signature: genuineOf("signature"), rollback: genuineOf("rollback") },
    budget: budgetOf(exposureOf((policy.budget.days * DAY) / MINUTE), rules.errors.below, policy.budget),
    burns: burnsOf(exposureOf, rules.errors.below, policy.budget),
  };
}

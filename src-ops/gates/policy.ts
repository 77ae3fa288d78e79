import * as v from "valibot";
import { parseStrictJson } from "../../src-shared/encoding/strict-json.ts";
import { RINGS } from "../../src-shared/license/index.ts";
import { err, ok, type Result } from "../../src-shared/result.ts";
import { type Bytes, KIB } from "../../src-shared/units.ts";
import { confidence, hours, score, share, whole } from "./policy-fields.ts";
import { PromotionPolicy } from "./promotion-policy.ts";

export const MAX_POLICY_BYTES: Bytes = 64 * KIB;

// These two are applied when events arrive: other values would need other counters (facts.ts).
export const SLOW_START_MS = 5_000;
export const SLOW_VERDICT_MS = 1_000;

const SequentialTest = v.pipe(
  v.strictObject({ good: share, bad: share, falseAlarm: share, missed: share }),
  v.check(({ good, bad, falseAlarm, missed }) => good > 0 && good < bad && bad < 1 && falseAlarm > 0 && missed < 1),
);

/** Only for a ring with clients: their feedback, their tickets, and whether they use the app. */
const People = v.strictObject({
  feedback: v.strictObject({ median: score, lowest: score, haltMedianBelow: score, haltAnswers: whole }),
  tickets: v.strictObject({ perWeek: whole, resolvedWithinHours: hours }),
  adoption: v.strictObject({ share, features: v.array(v.string()) }),
});

const RingPolicy = v.pipe(
  v.strictObject({
    hours,
    longestHours: hours,
    machines: v.strictObject({
      needed: v.pipe(whole, v.minValue(1)),
      reportingShare: share,
      reportedWithinHours: hours,
      silenceFailsAfterHours: hours,
      /** A release is halted only if so many computers agree: fewer can neither cause nor hide it. */
      haltComputers: v.pipe(whole, v.minValue(1)),
      /** A computer counts at most as much as so many computers in the middle. */
      weight: v.pipe(v.number(), v.minValue(1), v.maxValue(100)),
    }),
    funnel: v.strictObject({ offeredHours: hours, downloadedHours: hours, installedHours: hours, healthyHours: hours }),
    errors: v.strictObject({
      below: share,
      confidence,
      /** The ring whose operations with the same build count as well. */
      pooledWith: v.nullable(v.picklist(RINGS)),
      halt: v.strictObject({ rate: share, hours, operations: whole }),
      sequential: SequentialTest,
    }),
    crashes: v.strictObject({ halts: v.boolean(), quietHours: hours }),
    starts: v.strictObject({ slowerThanMs: v.literal(SLOW_START_MS), below: share, confidence }),
    verdicts: v.strictObject({ slowerThanMs: v.literal(SLOW_VERDICT_MS), below: share, confidence }),
    memory: v.strictObject({ bytes: whole }),
    uptime: v.strictObject({ share }),
    availability: v.strictObject({
      share,
      confidence,
      attempts: whole,
      haltBelow: share,
      /** How long the feed or the ingest may be out of reach before promotion stops. */
      unavailableMinutes: v.pipe(whole, v.minValue(1)),
    }),
    people: v.nullable(People),
    /** When people must have evaluated an incident and decided on it; `null` if the ring stops at once. */
    deadlines: v.nullable(v.strictObject({ evaluatedHours: hours, decidedHours: hours })),
  }),
  v.check(({ hours: shortest, longestHours }) => shortest <= longestHours),
);
export type RingPolicy = v.InferOutput<typeof RingPolicy>;

/** One computer of a client, or two that were given to the same person, must never stop a release for everyone. */
const haltedByAtLeast = (computers: number) =>
  v.pipe(
    RingPolicy,
    v.check(({ machines }) => machines.haltComputers >= computers),
  );

const Budget = v.strictObject({
  days: v.pipe(whole, v.minValue(1)),
  reviewBelow: share,
  fixesOnlyBelow: share,
  burns: v.array(
    v.strictObject({
      severity: v.picklist(["page", "ticket"]),
      longMinutes: whole,
      shortMinutes: whole,
      factor: v.number(),
      operations: whole,
      failed: whole,
    }),
  ),
});
export type BudgetPolicy = v.InferOutput<typeof Budget>;

const Policy = v.strictObject({
  v: v.literal(1),
  name: v.pipe(v.string(), v.regex(/^[a-z][a-z0-9-]{0,31}$/)),
  version: v.pipe(whole, v.minValue(1)),
  rings: v.strictObject({ ring0: RingPolicy, ring1: haltedByAtLeast(2), ga: haltedByAtLeast(3) }),
  budget: Budget,
  promotion: PromotionPolicy,
});
/** The limits by which rings are judged (docs/formats/ring-policy.md). */
export type Policy = v.InferOutput<typeof Policy>;

/** Reads a policy. `MALFORMED`: a member is missing, unknown or out of its range. */
export function parsePolicy(bytes: Uint8Array): Result<Policy, "MALFORMED"> {
  const json = bytes.length <= MAX_POLICY_BYTES ? parseStrictJson(bytes) : err("TOO_LARGE");
  const policy = v.safeParse(Policy, json.ok ? json.value : undefined);
  return policy.success ? ok(policy.output) : err("MALFORMED");
}

import * as v from "valibot";
import { parseStrictJson } from "../../src-shared/encoding/strict-json.ts";
import { RINGS } from "../../src-shared/license/index.ts";
import { err, ok, type Result } from "../../src-shared/result.ts";
import { type Bytes, KIB } from "../../src-shared/units.ts";
import { hours, score, share, whole } from "./policy-fields.ts";
import { PromotionPolicy } from "./promotion-policy.ts";

export const MAX_POLICY_BYTES: Bytes = 64 * KIB;

// These two are applied when events arrive: other values would need other counters (facts.ts).
export const SLOW_START_MS = 5_000;
export const SLOW_VERDICT_MS = 1_000;

/** An e-value: how many times more likely what was seen is, if the release is good (or bad), than if it is not. */
const positiveShare = v.pipe(
  share,
  v.check((value) => value > 0 && value < 1),
);
const factor = v.pipe(v.number(), v.minValue(1), v.maxValue(100));
const evidence = v.pipe(v.number(), v.minValue(1), v.maxValue(100_000));

/** Only for a ring with clients: their feedback, their tickets, and whether they use the app (R-21, R-22). */
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
      /** Only computers count to which the build was offered; otherwise every computer of the ring. */
      offeredOnly: v.boolean(),
      /** The share of the computers of which nothing may be known. */
      unheardShare: share,
      /** Each computer that was heard of must have run the release for so long. */
      hours,
      /** A share of `reportingShare` must have done so many operations. */
      operations: whole,
      /** An operating system that this share of the next ring has must be in this ring. */
      platformShare: share,
    }),
    evidence: v.strictObject({
      /** For a share below its limit. */
      pass: evidence,
      /** Against the release. */
      halt: evidence,
      /** Against one computer, or one kind of computers, divided by their number. */
      computer: evidence,
      /** That the release is worse than the version before. */
      change: evidence,
    }),
    funnel: v.strictObject({ offeredHours: hours, downloadedHours: hours, installedHours: hours, healthyHours: hours }),
    errors: v.strictObject({
      below: positiveShare,
      /** What the ring's own operations must exclude; `null`: nothing, they count together with those of the ring before. */
      ownBelow: v.nullable(positiveShare),
      /** The ring whose operations with the same build count as well, as they were at the promotion. */
      pooledWith: v.nullable(v.picklist(RINGS)),
      halt: v.strictObject({ rate: share, hours, operations: whole, evidence }),
    }),
    /** `halts`: a crash that ends the app halts at once; `perSession`: how many crashes a session are usual. */
    crashes: v.strictObject({ halts: v.boolean(), quietHours: hours, perSession: positiveShare }),
    starts: v.strictObject({ slowerThanMs: v.literal(SLOW_START_MS), below: positiveShare }),
    verdicts: v.strictObject({ slowerThanMs: v.literal(SLOW_VERDICT_MS), below: positiveShare }),
    memory: v.strictObject({ bytes: whole, growthPerDay: whole }),
    /** The comparison with the version before: on the same computers, or in GA on those that still run it. */
    change: v.strictObject({
      with: v.picklist(["before", "rest"]),
      days: v.pipe(whole, v.minValue(1), v.maxValue(90)),
      /** How many times as long as what one in ten exceeded before. */
      slower: factor,
      memory: factor,
    }),
    uptime: v.strictObject({ share }),
    availability: v.strictObject({
      share,
      attempts: whole,
      haltBelow: share,
      /** How long the feed or the ingest may be out of reach before promotion stops (R-22). */
      unavailableMinutes: v.pipe(whole, v.minValue(1)),
    }),
    people: v.nullable(People),
    /** When people must have evaluated an incident and decided on it; `null` if the ring stops at once (R-31). */
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

/** Reads a policy. The error has a sentence for each member that is missing, unknown or out of its range. */
export function parsePolicy(bytes: Uint8Array): Result<Policy, readonly string[]> {
  const json = bytes.length <= MAX_POLICY_BYTES ? parseStrictJson(bytes) : err("TOO_LARGE");
  if (!json.ok) return err(["it is not valid JSON of at most 64 KiB"]);
  const policy = v.safeParse(Policy, json.value);
  return policy.success ? ok(policy.output) : err(policy.issues.map(faultOf));
}

function faultOf(issue: v.BaseIssue<unknown>): string {
  const member = issue.path?.map((item) => String(item.key)).join(".") ?? "the whole file";
  // The library's own messages begin so.
  const isOwn = !issue.message.startsWith("Invalid ");
  return `"${member}" ${isOwn ? issue.message : `is wrong: expected ${issue.expected ?? "another value"}`}`;
}

import * as v from "valibot";
import { RINGS } from "../../src-shared/license/index.ts";

// docs/formats/ring-scenario.md explains each member. Every member has a default, so a scenario names only what is special.

const numberUpTo = (most: number) =>
  v.pipe(v.number(), v.minValue(0, "it is below 0"), v.maxValue(most, `it is above ${most}`));
const wholeUpTo = (most: number) => v.pipe(numberUpTo(most), v.integer("it is not a whole number"));
const share = numberUpTo(1);
const hour = wholeUpTo(2_000);
const milliseconds = numberUpTo(600_000);
const megabytes = numberUpTo(100_000);
const spread = numberUpTo(5);

const MAX_COMPUTERS = 2_000;
export const WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;

const OS = ["windows", "linux", "darwin"] as const;
const PROCESSES = ["main", "renderer", "gpu", "worker"] as const;

/** Computers that behave alike. */
export const Group = v.strictObject({
  count: v.pipe(wholeUpTo(MAX_COMPUTERS), v.minValue(1, "it is below 1")),
  os: v.optional(v.picklist(OS), "windows"),
  arch: v.optional(v.pipe(v.string(), v.regex(/^[a-z0-9_]{1,16}$/, "it is no processor")), "x64"),

  operationsAnHour: v.optional(numberUpTo(1_000), 20),
  hoursADay: v.optional(v.pipe(wholeUpTo(24), v.minValue(1, "it is below 1")), 9),
  opens: v.optional(wholeUpTo(23), 8),
  weekdaysOnly: v.optional(v.boolean(), false),
  startsADay: v.optional(v.pipe(numberUpTo(24), v.minValue(0.01, "it is below 0.01")), 3),
  verdictsADay: v.optional(numberUpTo(1_000), 9),

  errorRate: v.optional(share, 0.0002),
  errorSpread: v.optional(spread, 0),
  affected: v.optional(share, 1),
  fromHour: v.optional(hour, 0),
  startMs: v.optional(milliseconds, 1_000),
  startSpread: v.optional(spread, 0.25),
  verdictMs: v.optional(milliseconds, 15),
  verdictSpread: v.optional(spread, 0.5),
  crashesASession: v.optional(numberUpTo(100), 0),
  crashOf: v.optional(v.picklist(PROCESSES), "main"),
  hangMinutesADay: v.optional(numberUpTo(1_440), 0),
  memoryMB: v.optional(megabytes, 130),
  memoryGrowthMBADay: v.optional(megabytes, 0),
  memoryNoiseMB: v.optional(megabytes, 5),

  offlineUntilHour: v.optional(hour, 0),
  stopsAfter: v.optional(v.picklist(["offered", "installed"])),
  withdrawsAtHour: v.optional(hour),
  clockOffsetHours: v.optional(v.pipe(v.number(), v.minValue(-2_000, "it is below -2000"), v.maxValue(2_000)), 0),
  clockSpreadHours: v.optional(numberUpTo(2_000), 0),
  loss: v.optional(share, 0),
  duplicates: v.optional(share, 0),
  delayHours: v.optional(numberUpTo(500), 0),
});
export type Group = v.InferOutput<typeof Group>;

const Groups = v.pipe(
  v.array(Group),
  v.minLength(1, "there is no group"),
  v.check(
    (groups) => groups.reduce((sum, { count }) => sum + count, 0) <= MAX_COMPUTERS,
    `the groups have more than ${MAX_COMPUTERS} computers`,
  ),
);

/** What the version before did, on the same computers and, in GA, on those beside the share. */
const Before = v.strictObject({
  days: v.optional(wholeUpTo(28)),
  errorRate: v.optional(share, 0.0002),
  crashesASession: v.optional(numberUpTo(100), 0),
  startMs: v.optional(milliseconds, 1_000),
  verdictMs: v.optional(milliseconds, 15),
  memoryMB: v.optional(megabytes, 130),
});

const count = wholeUpTo(1_000_000_000);
/** What the ring before had done with the build when it was promoted. */
const PromotedWith = v.strictObject({
  operations: count,
  failed: v.optional(count, 0),
  attempts: v.optional(count, 0),
  attemptsFailed: v.optional(count, 0),
  starts: v.optional(count, 0),
  slowStarts: v.optional(count, 0),
  verdicts: v.optional(count, 0),
  slowVerdicts: v.optional(count, 0),
});
const gateShares = v.record(v.pipe(v.string(), v.regex(/^[a-z]{1,32}$/, "it is no gate")), share);

export const Expected = v.strictObject({
  passAtLeast: v.optional(share),
  passAtMost: v.optional(share),
  haltAtLeast: v.optional(share),
  haltAtMost: v.optional(share),
  medianHoursToPassAtMost: v.optional(hour),
  medianHoursToHaltAtMost: v.optional(hour),
  heldBy: v.optional(gateShares),
  haltedBy: v.optional(gateShares),
  foundBy: v.optional(gateShares),
  foundAtMost: v.optional(gateShares),
});
export type Expected = v.InferOutput<typeof Expected>;

export const Scenario = v.pipe(
  v.strictObject({
    v: v.literal(1),
    what: v.pipe(v.string(), v.minLength(1, "it is empty"), v.maxLength(600, "it has more than 600 characters")),
    ring: v.picklist(RINGS),
    groups: Groups,
    before: v.optional(Before, {}),
    start: v.optional(v.strictObject({ day: v.picklist(WEEKDAYS), hour: wholeUpTo(23) }), { day: "tue", hour: 14 }),
    watchHours: v.optional(v.pipe(wholeUpTo(1_000), v.minValue(1, "it is below 1"))),
    keepWatching: v.optional(v.boolean(), false),
    basisPoints: v.optional(v.pipe(wholeUpTo(10_000), v.minValue(1, "it is below 1"))),
    staff: v.optional(Groups),
    promotedWith: v.optional(PromotedWith),
    scores: v.optional(v.pipe(v.array(v.nullable(wholeUpTo(10))), v.maxLength(MAX_COMPUTERS))),
    scoresAtHour: v.optional(hour, 96),
    expected: v.optional(Expected, {}),
  }),
  v.forward(
    v.check(({ ring, basisPoints }) => ring === "ga" || basisPoints === undefined, "only ga has a share"),
    ["basisPoints"],
  ),
  v.forward(
    v.check(({ ring, staff }) => ring === "ring1" || staff === undefined, "only ring1 has staff before it"),
    ["staff"],
  ),
  v.forward(
    v.check(
      ({ ring, staff, promotedWith }) => promotedWith === undefined || (ring !== "ring0" && staff === undefined),
      "a ring0 has no ring before it, and with staff the numbers follow from the simulation",
    ),
    ["promotedWith"],
  ),
);
/** A fleet in a ring, and how it behaves (docs/formats/ring-scenario.md). */
export type Scenario = v.InferOutput<typeof Scenario>;

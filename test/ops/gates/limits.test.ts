import { describe, expect, it } from "vitest";
import { type GateName, judgeRelease, type RingPolicy } from "../../../src-ops/gates/index.ts";
import { bucketsFor, durationsBetween, longestIn, startBucket } from "../../../src-ops/gates/durations.ts";
import { evidenceAgainst, evidenceOfIncrease, logRateRatio, RATE_FACTORS } from "../../../src-ops/gates/evidence.ts";
import type { Comparison, ReleaseFacts } from "../../../src-ops/gates/facts.ts";
import { splitComputers } from "../../../src-ops/gates/robust.ts";
import { stateOf } from "./normalized-events.ts";
import {
  DAY_MS,
  defaultPolicy,
  FIRST_DAY,
  GOOD,
  greenRing0,
  greenRing1,
  HOUR_MS,
  machine,
  SINCE,
  unheard,
} from "./facts.ts";

const policy = defaultPolicy();

function outcomeOf(gate: GateName, facts: ReleaseFacts, ringPolicy: RingPolicy = policy.rings[facts.ring]) {
  const found = judgeRelease(facts, ringPolicy).gates.find((one) => one.gate === gate);
  if (!found) throw new Error(`${gate} is no gate of ${facts.ring}`);
  return found;
}

/** The smallest number above a value, and the largest one below it. */
function beside(value: number): readonly [below: number, above: number] {
  const bits = new BigInt64Array(1);
  const floats = new Float64Array(bits.buffer);
  const moved = (by: bigint) => {
    floats[0] = value;
    bits[0] = (bits[0] as bigint) + by;
    return floats[0];
  };
  return [moved(-1n), moved(1n)];
}

const ten = Array.from({ length: 10 }, (_, index) => machine(index).machine);
const dayOf = (name: string, day: number, failed: number) => {
  return { machine: name, day, operations: 200, failed, sessions: 4, crashes: failed };
};
const before: Comparison = {
  with: "before",
  version: "0.1.0",
  days: ten.map((name, index) => dayOf(name, FIRST_DAY - DAY_MS, index < 2 ? 1 : 0)),
  durations: ten.flatMap((name) => [
    { machine: name, measure: "start", bucket: startBucket(1_000), count: 30 },
    { machine: name, measure: "verdict", bucket: 3, count: 30 },
  ]),
  memory: [],
};
const failing = ten.map((name, index) => dayOf(name, FIRST_DAY, index < 7 ? 1 : 0));
const slower = ten.flatMap((name) => [
  { machine: name, measure: "start" as const, bucket: startBucket(3_000), count: 1 },
  { machine: name, measure: "verdict" as const, bucket: 6, count: 1 },
]);
const platforms = ten.map((name, index) => machine(index, { machine: name, failed: index < 2 ? 1 : 0 }));

// Each compares evidence with a limit: the limit itself is reached, the number above it is not.
const evidenceLimits: {
  gate: GateName;
  facts: ReleaseFacts;
  reached: "hold" | "halt";
  limited: (evidence: number) => RingPolicy;
}[] = [
  ...(["errorchange", "crashchange", "startchange", "verdictchange"] as const).map((gate) => ({
    gate,
    facts: greenRing0({ comparison: before, days: failing, durations: slower }),
    reached: "hold" as const,
    limited: (change: number) => withEvidence({ change }),
  })),
  ...(["sequential", "crashrate"] as const).map((gate) => ({
    gate,
    facts: greenRing0({ days: failing }),
    reached: "halt" as const,
    limited: (halt: number) => withEvidence({ halt }),
  })),
  {
    gate: "outliers",
    facts: greenRing0({ totals: { ...GOOD, operations: 2_000, failed: 20 } }),
    reached: "hold",
    limited: (computer: number) => withEvidence({ computer }),
  },
  {
    gate: "classes",
    facts: greenRing0({ machines: platforms }),
    reached: "hold",
    limited: (computer: number) => withEvidence({ computer }),
  },
];

function withEvidence(evidence: Partial<RingPolicy["evidence"]>): RingPolicy {
  const { ring0 } = policy.rings;
  return { ...ring0, evidence: { ...ring0.evidence, ...evidence } };
}

describe("evidence that is exactly the limit", () => {
  it.each(evidenceLimits)("is enough for $gate, and a little less is not", ({ gate, facts, reached, limited }) => {
    const { value } = outcomeOf(gate, facts);
    if (value === null) throw new Error("nothing was measured");
    const [below, above] = beside(value);
    expect([below, value, above].map((limit) => outcomeOf(gate, facts, limited(limit)).outcome)).toEqual([
      reached,
      reached,
      "pass",
    ]);
  });

  it("halts a surge", () => {
    const recent = { operations: 400, failed: 6 };
    const limit = evidenceAgainst({ failed: 6, of: 400 }, policy.rings.ring0.errors.below);
    const outcomes = [limit, beside(limit)[1]].map((evidence) => {
      const { ring0 } = policy.rings;
      const errors = { ...ring0.errors, halt: { ...ring0.errors.halt, evidence } };
      return outcomeOf("surge", greenRing0({ recent }), { ...ring0, errors }).outcome;
    });
    expect(outcomes).toEqual(["halt", "pass"]);
  });

  it("holds where only those computers speak against it that do not count for a halt", () => {
    // Two pilots of four fail equally; one of them must not halt, and the gate holds with the evidence of both.
    const facts = greenRing1();
    const days = facts.days.map((day, index) => ({ ...day, failed: index < 2 ? 1 : 0, operations: 100 }));
    const sum = (failed: number, of: number) => {
      const { below } = policy.rings.ring1.errors;
      return [2, 4, 10, 30, 100].map(
        (factor) => failed * Math.log(factor) + (of - failed) * Math.log((1 - factor * below) / (1 - below)),
      );
    };
    // The two that speak most for the release are left out: one that may hide a halt, and one in exchange for a liar.
    const horizon = Math.ceil(policy.rings.ring1.longestHours / 24);
    const doubtful = sum(2, 200).reduce((total, log) => total + Math.exp(log) / 5, 0);
    const limit = (doubtful + horizon - 1) / horizon;
    const outcomes = [limit * (1 - 1e-9), limit * (1 + 1e-9)].map((halt) => {
      const { ring1 } = policy.rings;
      return outcomeOf("sequential", { ...facts, days }, { ...ring1, evidence: { ...ring1.evidence, halt } }).outcome;
    });
    expect(outcomes).toEqual(["hold", "pass"]);
  });
});

describe("limits that are counts", () => {
  it("median of the scores: below haltMedianBelow halts, exactly there it only holds", () => {
    const scored = (...scores: number[]) => outcomeOf("feedback", greenRing1({ scores })).outcome;
    // Of four answers the lowest does not count for a halt.
    expect([scored(1, 6, 6, 6), scored(1, 5, 5, 6)]).toEqual(["hold", "halt"]);
  });

  it("pilots who used each feature", () => {
    const adopted = (share: number) => {
      const { ring1 } = policy.rings;
      if (!ring1.people) throw new Error("ring1 has pilots");
      const people = { ...ring1.people, adoption: { ...ring1.people.adoption, share } };
      const machines = greenRing1().machines.map((one, index) => (index < 1 ? { ...one, features: [] } : one));
      return outcomeOf("adoption", greenRing1({ machines }), { ...ring1, people }).outcome;
    };
    expect([0.75, beside(0.75)[1]].map(adopted)).toEqual(["pass", "hold"]);
  });

  it("computers that are late in the funnel: as many as may be missing hold, one more fails", () => {
    const late = (count: number) => {
      const machines = Array.from({ length: 10 }, (_, index) => (index < count ? unheard(index) : machine(index)));
      // Two of them are waiting within their time.
      const waiting = [0, 1].map((index) => unheard(20 + index, { offered: SINCE + 40 * HOUR_MS }));
      return outcomeOf("funnel", greenRing0({ machines: [...machines, ...waiting] })).outcome;
    };
    // Of twelve computers eleven are needed.
    expect([late(1), late(2)]).toEqual(["hold", "fail"]);
  });

  it("unheard computers, and how many are missing", () => {
    const { ga } = policy.rings;
    const allowed = { ...ga, machines: { ...ga.machines, unheardShare: 0.2 } };
    const heardOf = (silent: number) => {
      const machines = Array.from({ length: 10 }, (_, index) => (index < silent ? unheard(index) : machine(index)));
      return outcomeOf("unheard", { ...greenRing0({ machines }), ring: "ga" }, allowed);
    };
    expect(heardOf(2)).toMatchObject({ outcome: "pass", limit: 2, missing: null });
    expect(heardOf(3)).toMatchObject({ outcome: "hold", value: 3, missing: { have: 7, need: 8 } });
    const all = { ...allowed, machines: { ...allowed.machines, unheardShare: 1 } };
    const nobody = greenRing0({ machines: [0, 1].map((index) => unheard(index)) });
    expect(outcomeOf("unheard", nobody, all)).toMatchObject({ outcome: "hold", missing: { have: 0, need: 1 } });
  });

  it("computers beside those that have to agree", () => {
    const split = (count: number, needed: number) => {
      const { middle, doubtful } = splitComputers(
        Array.from({ length: count }, (_, index) => index),
        (one) => one,
        needed,
      );
      return { middle, doubtful };
    };
    expect(split(3, 1)).toEqual({ middle: [0, 1, 2], doubtful: [0, 1, 2] });
    // Two liars at most, of which one hides the halt and the other causes it.
    expect(split(4, 2)).toEqual({ middle: [1, 2], doubtful: [2, 3] });
    expect(split(8, 3)).toEqual({ middle: [2, 3, 4, 5], doubtful: [4, 5, 6, 7] });
    // In a small ring a halt by all of its computers stays possible.
    expect(split(2, 2)).toEqual({ middle: [0], doubtful: [1] });
    expect(split(3, 2)).toEqual({ middle: [1], doubtful: [2] });
    expect(split(1, 2)).toEqual({ middle: [], doubtful: [0] });
  });
});

describe("the figures behind the evidence", () => {
  it("weighs five worse shares equally", () => {
    // One failure, and no success: each ratio is the factor itself.
    expect(evidenceAgainst({ failed: 1, of: 1 }, 0.001)).toBeCloseTo((2 + 4 + 10 + 30 + 100) / 5, 9);
    expect(RATE_FACTORS).toEqual([3, 10, 30, 100]);
    expect(logRateRatio(2, 0.5, 3)).toBeCloseTo(2 * Math.log(3) - 1, 12);
  });

  it("weighs five increases equally, with an unknown rate before", () => {
    // The same ratio by integrating over the rate before, with the weight 1 / sqrt(rate) of Jeffreys' prior.
    const likelihood = (rate: number, ratio: number) => {
      const poisson = (events: number, mean: number) => mean ** events * Math.exp(-mean);
      return (poisson(2, rate * 50) * poisson(4, ratio * rate * 20)) / Math.sqrt(rate);
    };
    const integral = (ratio: number) => {
      let sum = 0;
      // The square root of the rate as the variable, so that the integrand stays finite.
      for (let root = 0.0005; root < 1.5; root += 0.001) sum += likelihood(root * root, ratio) * 2 * root * 0.001;
      return sum;
    };
    const expected = [2, 3, 5, 10, 30].reduce((sum, ratio) => sum + integral(ratio) / integral(1) / 5, 0);
    expect(evidenceOfIncrease({ failed: 2, of: 50 }, { failed: 4, of: 20 })).toBeCloseTo(expected, 6);
  });

  it("counts starts in buckets of an eighth of a doubling, from 10 ms", () => {
    expect([0, 10, 10.9, 11, 19.99, 20, 40, 1e9].map(startBucket)).toEqual([0, 0, 0, 1, 7, 8, 16, 127]);
    expect([7, 15].map(longestIn)).toEqual([20, 40]);
    // A quarter longer is 2.6 buckets: three are needed.
    expect([1, 1.25, 2].map(bucketsFor)).toEqual([0, 3, 8]);
  });

  it("believes at most ten thousand verdicts of a session in one bucket", () => {
    const state = stateOf("0.2.0", []);
    const verdictMs = {
      ...state.verdictMs,
      buckets: state.verdictMs.buckets.map((_, index) => (index === 2 ? 99_999 : 0)),
    };
    const counted = durationsBetween(undefined, { ...state, startMs: null, verdictMs });
    expect(counted).toEqual([{ measure: "verdict", bucket: 2, count: 10_000 }]);
  });
});

/** One result of the bench. Ratios compare two measurements of the same run, so they are valid on any machine. */
export type Measurement = {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** The value that it is compared with, in the same unit; `null` if there is no comparison. */
  readonly baseline: number | null;
  /** value / baseline. */
  readonly ratio: number | null;
  /** The required limit: on the ratio if there is a baseline, otherwise on the value. */
  readonly limit: string | null;
  readonly ok: boolean;
};

type Bound = { readonly atMost: number } | { readonly atLeast: number };

/** A value with an absolute bound. */
export function absolute(name: string, value: number, unit: string, bound?: Bound): Measurement {
  return {
    name,
    value: round(value),
    unit,
    baseline: null,
    ratio: null,
    limit: textOf(bound),
    ok: holds(value, bound),
  };
}

/** A value and its baseline, with a bound on their ratio. */
export function relative(name: string, value: number, baseline: number, unit: string, bound?: Bound): Measurement {
  const ratio = value / baseline;
  const limit = bound ? `ratio ${textOf(bound)}` : null;
  return {
    name,
    value: round(value),
    unit,
    baseline: round(baseline),
    ratio: round(ratio),
    limit,
    ok: holds(ratio, bound),
  };
}

export function median(values: readonly number[]): number {
  return percentile(values, 50);
}

/** The nearest-rank percentile. Throws on an empty list. */
export function percentile(values: readonly number[], rank: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const value = sorted[Math.max(0, Math.ceil((rank / 100) * sorted.length) - 1)];
  if (value === undefined) throw new Error("nothing was measured");
  return value;
}

function holds(value: number, bound: Bound | undefined): boolean {
  if (!bound) return true;
  return "atMost" in bound ? value <= bound.atMost : value >= bound.atLeast;
}

function textOf(bound: Bound | undefined): string | null {
  if (!bound) return null;
  return "atMost" in bound ? `<= ${bound.atMost}` : `>= ${bound.atLeast}`;
}

function round(value: number): number {
  return Number(value.toPrecision(4));
}

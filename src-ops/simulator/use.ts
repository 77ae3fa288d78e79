import { TICKS_PER_HOUR } from "./ticks.ts";

/** What one computer does in one hour: a start, license verdicts and operations, in this order, evenly over the hour. */
export type HourPlan = {
  readonly starts: number;
  readonly verdicts: number;
  readonly operations: number;
  /** The places of those that fail, in order; from 0. */
  readonly failing: readonly number[];
  readonly crashes: number;
  /** From 1 to 10; infinite without a crash. */
  readonly crashTick: number;
  /** Whether the crash ends the app. */
  readonly isFatal: boolean;
  readonly memory: number;
};

/** How far the hour is. */
export type Use = { readonly plan: HourPlan; tick: number; done: number; failed: number };

/** One start, license verdict or operation. */
export type Act = (kind: "start" | "verdict" | "operation", hasFailed: boolean) => void;

/** What happened since the tick before. */
type Done = { readonly failed: number; readonly crashes: number; readonly ticks: number };

export function beginUse(plan: HourPlan): Use {
  return { plan, tick: 0, done: 0, failed: 0 };
}

/** Does everything up to this tick of the hour. */
export function advance(use: Use, tick: number, act: Act): Done {
  const { plan } = use;
  const count = countOf(plan);
  const until = tick >= TICKS_PER_HOUR ? count : Math.floor((count * tick) / TICKS_PER_HOUR);
  const failedBefore = use.failed;
  for (; use.done < until; use.done++) {
    const hasFailed = plan.failing[use.failed] === use.done;
    if (hasFailed) use.failed++;
    act(kindOf(plan, use.done), hasFailed);
  }
  const crashes = use.tick < plan.crashTick && plan.crashTick <= tick ? plan.crashes : 0;
  const ticks = tick - use.tick;
  use.tick = tick;
  return { failed: use.failed - failedBefore, crashes, ticks };
}

/** The ticks of the hour at which something fails or crashes. */
export function troubleOf({ plan }: Use): readonly number[] {
  const count = countOf(plan);
  const failures = plan.failing.map((place) => Math.ceil(((place + 1) * TICKS_PER_HOUR) / count));
  return plan.crashes > 0 ? [...failures, plan.isFatal ? plan.crashTick + 1 : plan.crashTick] : failures;
}

function kindOf({ starts, verdicts }: HourPlan, place: number): Parameters<Act>[0] {
  if (place < starts) return "start";
  return place < starts + verdicts ? "verdict" : "operation";
}

const countOf = ({ starts, verdicts, operations }: HourPlan) => starts + verdicts + operations;

import { utf8 } from "../encoding/text.ts";
import { keyValuesOf } from "./any-value.ts";
import type { SentAt } from "./clock.ts";
import type { TelemetryEvent } from "./event.ts";
import { OPERATIONS, PROCESSES, type SessionState, VERDICT_BOUNDS_MS, VERDICT_CODES } from "./measures.ts";
import { nanoseconds, resourceAttributes, SCOPE, type Sender } from "./resource.ts";

export const METRICS_PATH = "/v1/metrics";

// `AGGREGATION_TEMPORALITY_CUMULATIVE`: at least one known receiver drops delta sums and still answers 200.
const CUMULATIVE = 2;

type Labels = Readonly<Record<string, string>>;
type Point = { readonly labels?: Labels; readonly value: number };
type Sampled = { readonly at: number; readonly state: SessionState };

/**
 * The body of `POST /v1/metrics`: the last state of each session among the events as cumulative OTLP metrics.
 * `undefined`: there is no session among them.
 */
export function encodeMetrics(
  sender: Sender,
  sent: SentAt,
  events: readonly TelemetryEvent[],
): Uint8Array<ArrayBuffer> | undefined {
  const last = new Map<string, Sampled & { readonly seq: number }>();
  for (const event of events) {
    if (event.kind === "session" && event.seq > (last.get(event.session)?.seq ?? 0)) last.set(event.session, event);
  }
  if (last.size === 0) return undefined;
  const metrics = [...last.values()].flatMap(metricsOf);
  const resource = { attributes: resourceAttributes(sender, sent) };
  return utf8(JSON.stringify({ resourceMetrics: [{ resource, scopeMetrics: [{ scope: SCOPE, metrics }] }] }));
}

// Every series exists from the first batch, at 0: a series that starts at 1 shows no increase.
function metricsOf({ at, state }: Sampled) {
  const time = { startTimeUnixNano: nanoseconds(state.startedAt), timeUnixNano: nanoseconds(at) };
  const point = ({ labels, value }: Point) => ({
    ...(labels ? { attributes: keyValuesOf(labels) } : {}),
    ...time,
    asInt: String(value),
  });
  const sum = (name: string, unit: string, points: readonly Point[]) => ({
    name,
    unit,
    sum: { dataPoints: points.map(point), aggregationTemporality: CUMULATIVE, isMonotonic: true },
  });
  const gauge = (name: string, unit: string, value: number) => ({
    name,
    unit,
    gauge: { dataPoints: [point({ value })] },
  });
  return [
    sum("uvv.operations", "{operation}", operationPoints(state)),
    sum("uvv.verdicts", "{verdict}", labelled("code", VERDICT_CODES, state.verdicts)),
    sum("uvv.crashes", "{crash}", labelled("process", PROCESSES, state.crashes)),
    sum("uvv.security", "{event}", labelled("what", ["signature", "rollback"], state.security)),
    sum("uvv.faults", "{fault}", [{ value: state.faults }]),
    sum("uvv.uptime", "ms", [{ value: state.uptimeMs }]),
    sum("uvv.downtime", "ms", [{ value: state.downMs }]),
    sum("uvv.cpu", "ms", [{ value: state.cpuMs }]),
    sum("uvv.events.lost", "{event}", labelled("why", ["dropped", "corrupted", "refused"], state.lost)),
    gauge("uvv.memory", "By", state.memory.private),
    gauge("uvv.memory.highest", "By", state.memory.highest),
    ...(state.startMs === null ? [] : [gauge("uvv.start", "ms", state.startMs)]),
    verdictDuration(state, time),
  ];
}

function operationPoints({ operations }: SessionState): Point[] {
  return OPERATIONS.flatMap((operation) => [
    { labels: { operation, outcome: "ok" }, value: operations[operation].ok },
    { labels: { operation, outcome: "failed" }, value: operations[operation].failed },
  ]);
}

function labelled<N extends string>(
  label: string,
  names: readonly N[],
  counts: { readonly [name in N]?: number | undefined },
): Point[] {
  return names.map((name) => ({ labels: { [label]: name }, value: counts[name] ?? 0 }));
}

function verdictDuration(
  { verdictMs: { buckets, sum } }: SessionState,
  time: { readonly startTimeUnixNano: string; readonly timeUnixNano: string },
) {
  const point = {
    ...time,
    count: String(buckets.reduce((total, count) => total + count, 0)),
    sum,
    bucketCounts: buckets.map(String),
    explicitBounds: [...VERDICT_BOUNDS_MS],
  };
  return {
    name: "uvv.verdict.duration",
    unit: "ms",
    histogram: { dataPoints: [point], aggregationTemporality: CUMULATIVE },
  };
}

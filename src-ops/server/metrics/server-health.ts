import type { ProbeTarget, StoreCounts } from "../../gates/index.ts";
import { STORAGE_PROBLEMS } from "../store/index.ts";
import { ERROR_SOURCES, type ErrorSource } from "../unexpected-errors.ts";
import { counter, type Family, gauge, type Sample } from "./exposition.ts";
import { LOGS_PATH, METRICS_PATH, ERASE_PATH } from "../../../src-shared/telemetry/index.ts";
import type { Milliseconds, UnixMs } from "../../../src-shared/units.ts";

const PATHS = [LOGS_PATH, METRICS_PATH, ERASE_PATH] as const;

/** The results of requests. Any other code is counted as `other`, so that the labels stay a closed set. */
const RESULTS = [
  "ok",
  "partial",
  "malformed",
  "too_large",
  "json_expected",
  "method_not_allowed",
  "enrolment_invalid",
  "enrolment_expired",
  "enrolment_over",
  "statement_not_signed",
  "not_this_computer",
  "too_many_requests",
  "storage",
  ...STORAGE_PROBLEMS.map((problem) => problem.toLowerCase()),
  "internal",
  "other",
];

const EVENTS = ["taken", "duplicates", "conflicting", "refused"] as const;
/** The results for the records of batches. `refused`: records of another program. */
export type RecordCounts = StoreCounts & { readonly refused: number };

type Probed = { readonly isReached: boolean; readonly tookMs: Milliseconds };

/**
 * What a server knows about itself since its start. It is kept in memory only: counters may restart at zero.
 *
 * @param isWatching whether the server evaluates the rings: a first evaluation that never ends shows as a stale timestamp
 */
export function createServerHealth(startedAt: UnixMs, { isWatching }: { readonly isWatching: boolean }) {
  const requests = new Map(PATHS.flatMap((path) => RESULTS.map((result) => [`${path} ${result}`, 0])));
  const events = new Map<string, number>(EVENTS.map((name) => [name, 0]));
  const evaluations = new Map([
    ["ok", 0],
    ["failed", 0],
  ]);
  const errors = new Map<string, number>(ERROR_SOURCES.map((source) => [source, 0]));
  const probes = new Map<ProbeTarget, Probed>();
  const state = { evaluatedAt: startedAt, undelivered: 0 };

  return {
    onJsonResponse(path: string, status: number, body: object): void {
      if (PATHS.some((known) => known === path)) add(requests, `${path} ${resultOf(status, body)}`);
    },
    unexpected: (source: ErrorSource) => add(errors, source),
    countRecords(counts: RecordCounts): void {
      for (const name of EVENTS) add(events, name, counts[name]);
    },
    evaluated(isDone: boolean, at: UnixMs): void {
      add(evaluations, isDone ? "ok" : "failed");
      if (isDone) state.evaluatedAt = at;
    },
    undelivered: (count: number) => void (state.undelivered = count),
    probed: (target: ProbeTarget, probed: Probed) => void probes.set(target, probed),
    families(): readonly Family[] {
      return [
        gauge("process_start_timestamp_seconds", "When the server started.", [one(startedAt / 1_000)]),
        counter("ingest_requests_total", "Requests to the ingest, by result.", requestSamples(requests)),
        counter("ingest_events_total", "Records of batches, by result.", samplesOf("result", events)),
        counter("unexpected_errors_total", "Errors that only a bug can cause.", samplesOf("source", errors)),
        counter(
          "watch_looks_total",
          "Evaluations of the rings by the watch.",
          isWatching ? samplesOf("result", evaluations) : [],
        ),
        gauge(
          "watch_last_success_timestamp_seconds",
          "When the watch last evaluated the rings; before that, when the server started.",
          isWatching ? [one(state.evaluatedAt / 1_000)] : [],
        ),
        gauge("alerts_undelivered", "Alerts of the last evaluation that reached nobody.", [one(state.undelivered)]),
        ...probeFamilies(probes),
      ];
    },
  };
}
export type ServerHealth = ReturnType<typeof createServerHealth>;

function probeFamilies(probes: ReadonlyMap<ProbeTarget, Probed>): readonly Family[] {
  const of = (value: (probed: Probed) => number) =>
    [...probes].map(([target, probed]): Sample => ({ labels: { target }, value: value(probed) }));
  return [
    gauge(
      "probe_success",
      "Whether the target was reached the way a client reaches it.",
      of(({ isReached }) => Number(isReached)),
    ),
    gauge(
      "probe_duration_seconds",
      "How long the last probe took.",
      of(({ tookMs }) => tookMs / 1_000),
    ),
  ];
}

function add(counts: Map<string, number>, key: string, more = 1): void {
  counts.set(key, (counts.get(key) ?? 0) + more);
}

const one = (value: number): Sample => ({ labels: {}, value });

function samplesOf(label: string, counts: ReadonlyMap<string, number>): readonly Sample[] {
  return [...counts].map(([name, value]) => ({ labels: { [label]: name }, value }));
}

function requestSamples(counts: ReadonlyMap<string, number>): readonly Sample[] {
  return [...counts].map(([key, value]) => {
    const [path = "", result = ""] = key.split(" ");
    return { labels: { path, result }, value };
  });
}

function resultOf(status: number, body: object): string {
  if (status === 200) return "partialSuccess" in body ? "partial" : "ok";
  const code = "code" in body && typeof body.code === "string" ? body.code.toLowerCase() : "";
  return RESULTS.find((result) => result === code) ?? "other";
}

import type { Milliseconds, Seconds } from "../../src-shared/units.ts";
import { ok } from "../../src-shared/result.ts";
import {
  type AlertingConfig,
  alertIncidents,
  createProbing,
  type ProbePorts,
  type ReportError,
  type ServerHealth,
  startWatchLoop,
  storageFailureOf,
  type WatchLoop,
  watchOnce,
  type WatchPorts,
} from "../server/index.ts";

// Two minutes are allowed from an event to its halt.
const SOON_MS: Milliseconds = 10_000;

type WatchingPorts = WatchPorts & {
  /** Whom to alert; without a configuration nobody is alerted. */
  readonly alerts: AlertingConfig | undefined;
  readonly health: ServerHealth;
  readonly note: (event: string, fields?: Readonly<Record<string, string | number>>) => void;
  readonly report: ReportError;
  readonly everyS: Seconds;
  readonly probes: ProbePorts["probes"];
};

/** Probes what clients need, judges the rings and alerts people, again and again until the process is told to end. */
export function watchRings({ alerts, health, note, report, everyS, probes, ...ports }: WatchingPorts): WatchLoop {
  const { store, now } = ports;
  const ending = new AbortController();
  const probe = createProbing({ probes, store, now, probed: health.probed });

  async function judge() {
    // First, so that a server that was stopped for a while does not take that for an outage.
    try {
      await probe(ending.signal);
    } catch (error) {
      if (storageFailureOf(error)) throw error;
      // A place that is not probed counts as out of reach after a while; a bad release has to be halted all the same.
      report("probe", error);
    }
    const assessed = await watchOnce(ports);
    if (!assessed.ok) return assessed;
    try {
      const { undelivered } = await alertIncidents(store, assessed.value, alerts, now(), ending.signal);
      health.undelivered(undelivered);
      if (undelivered > 0) note("alerts.undelivered", { count: undelivered });
    } catch (error) {
      if (!storageFailureOf(error)) report("alerts", error);
      // The look counts as failed, so that somebody learns of it without these alerts.
      throw error;
    }
    return assessed;
  }

  async function evaluate() {
    // Another server leads: it is called to look, so that only one server halts and alerts.
    if (!(await store.leadership.isOurs())) return (await store.leadership.requestEvaluation(), ok([]));
    let isDone = false;
    try {
      const assessed = await judge();
      isDone = assessed.ok;
      return assessed;
    } finally {
      health.evaluated(isDone, now());
    }
  }

  process.once("SIGTERM", () => ending.abort()).once("SIGINT", () => ending.abort());
  const watching = { evaluate, everyMs: everyS * 1_000, soonMs: SOON_MS, note };
  const loop = startWatchLoop({ ...watching, report: (error) => report("watch", error) });
  store.leadership.onRequest(loop.requestSoon);
  return loop;
}

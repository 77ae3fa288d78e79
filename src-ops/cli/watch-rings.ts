import type { Milliseconds, Seconds } from "../../src-shared/units.ts";
import { ok } from "../../src-shared/result.ts";
import type { ServerConfiguration } from "./server-configuration.ts";
import {
  type AlertingConfig,
  digestOf,
  expiriesOf,
  type ServiceProblems,
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

// At most two minutes may pass from an event to the halt that it causes.
const SOON_MS: Milliseconds = 10_000;

type WatchingPorts = WatchPorts & {
  /** Where to send alerts; without a configuration no alert is sent. It may change at any time. */
  readonly configuration: Pick<ServerConfiguration, "alerts" | "alertsPath" | "refused">;
  /** The address of the runbooks, unless the configuration has another one. */
  readonly runbooks: string;
  readonly health: ServerHealth;
  readonly note: (event: string, fields?: Readonly<Record<string, string | number>>) => void;
  readonly report: ReportError;
  readonly everyS: Seconds;
  readonly probes: ProbePorts["probes"];
};

/** Probes what clients need, evaluates the rings and alerts people, repeatedly until the process is told to end. */
export function watchRings({
  configuration,
  runbooks,
  health,
  note,
  report,
  everyS,
  probes,
  ...ports
}: WatchingPorts): WatchLoop {
  const { store, now } = ports;
  const ending = new AbortController();
  let noted: string | undefined;
  const probe = createProbing({ probes, store, now, probed: health.probed });

  async function evaluateAndAlert() {
    // Probes first, so that a server that was stopped for a while does not report that time as an outage.
    try {
      await probe(ending.signal);
    } catch (error) {
      if (storageFailureOf(error)) throw error;
      // A failed probe must not stop the evaluation: a bad release still has to be halted. If probes keep failing, their
      // target counts as unreachable after a while.
      report("probe", error);
    }
    const assessed = await watchOnce(ports);
    if (!assessed.ok) return assessed;
    try {
      // Both at the same moment: that a file is good again must be told where its new content says.
      const [read, refused] = [configuration.alerts(), configuration.refused()];
      const alerts = read && { ...read, runbooks: read.runbooks ?? runbooks };
      const problems = { refused, expiring: await expiringIn(ports) };
      await noteConfiguration(read);
      const { undelivered } = await alertIncidents(store, assessed.value, alerts, now(), ending.signal, problems);
      health.undelivered(undelivered);
      if (undelivered > 0) note("alerts.undelivered", { count: undelivered });
    } catch (error) {
      if (!storageFailureOf(error)) report("alerts", error);
      // The evaluation counts as failed, so that the metrics show it although no alert was sent.
      throw error;
    }
    return assessed;
  }

  /** `vaultctl ring alert-test` compares its configuration with this one. */
  async function noteConfiguration(alerts: AlertingConfig | undefined): Promise<void> {
    const text = JSON.stringify({ path: configuration.alertsPath, digest: alerts && digestOf(alerts) });
    if (text !== noted) await store.notes.put("alerting", text, now());
    noted = text;
  }

  async function evaluate() {
    // If another server leads, it is asked to evaluate, so that only one server halts and alerts.
    if (!(await store.leadership.isOurs())) return (await store.leadership.requestEvaluation(), ok([]));
    let isDone = false;
    try {
      const assessed = await evaluateAndAlert();
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

/** If the feed cannot be read, the evaluation tells so. */
async function expiringIn({ feed, now }: Pick<WatchPorts, "feed" | "now">): Promise<ServiceProblems["expiring"]> {
  const expiring = await expiriesOf(feed, Math.floor(now() / 1_000));
  return expiring.ok ? expiring.value : [];
}

import { type AlertingConfig, deliver, usualLevelOf } from "../alerts/index.ts";
import type { RingStore } from "../store/index.ts";
import { lateIncidents } from "./deadlines.ts";
import { createIncidentLog } from "./incident-log.ts";
import { incidentsOf } from "./incidents.ts";
import type { Evaluation } from "./ring-assessor.ts";
import type { UnixMs } from "../../../src-shared/units.ts";

/**
 * Stores the current incidents of the rings, and sends the alerts that are due. An alert that reached nobody is sent again
 * at the next evaluation. Without a configuration, no alert is sent.
 */
export async function alertIncidents(
  store: RingStore,
  { rings, log }: Pick<Evaluation, "rings" | "log">,
  config: AlertingConfig | undefined,
  now: UnixMs,
  signal: AbortSignal,
): Promise<{ readonly sent: number; readonly undelivered: number }> {
  const incidentLog = createIncidentLog(store.incidents, config?.levelOf ?? usualLevelOf);
  const late = lateIncidents(await store.incidents.open(), rings, log, now);
  const own = rings.flatMap((assessment) => incidentsOf(assessment, log, config?.language));
  const due = await incidentLog.due([...own, ...late], now);
  if (!config) return { sent: 0, undelivered: 0 };
  const delivered = await Promise.all(
    due.map(async ({ alert, done }) => {
      const deliveries = await deliver(alert, config, signal);
      // A level without a channel counts as done: there is nobody to alert.
      const isDone = deliveries.length === 0 || deliveries.some((one) => one.delivered);
      if (isDone) await done();
      return isDone;
    }),
  );
  const sent = delivered.filter(Boolean).length;
  return { sent, undelivered: delivered.length - sent };
}

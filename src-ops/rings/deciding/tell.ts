import { type AlertingConfig, deliver } from "../../alerts/index.ts";
import type { UnixMs } from "../../../src-shared/units.ts";
import type { RingStore } from "../store/ring-store.ts";
import type { Assessment } from "./assess.ts";
import { auditDecisions } from "./decision-log.ts";
import { lateIncidents } from "./deadlines.ts";
import { createIncidentBook } from "./incident-book.ts";
import { incidentsOf } from "./incidents.ts";

/** Tells people what is new about the rings. What reached nobody is told again at the next look. */
export async function tellIncidents(
  store: RingStore,
  assessed: readonly Assessment[],
  config: AlertingConfig,
  now: UnixMs,
  signal: AbortSignal,
): Promise<{ readonly told: number; readonly undelivered: number }> {
  const book = createIncidentBook(store.incidents, config.levelOf);
  const log = await auditDecisions(store.decisions);
  const late = lateIncidents(await store.incidents.open(), assessed, log, now);
  const due = await book.due([...assessed.flatMap((assessment) => incidentsOf(assessment, log)), ...late], now);
  const delivered = await Promise.all(
    due.map(async ({ alert, done }) => {
      const deliveries = await deliver(alert, config, signal);
      // A level without a channel has nobody to tell.
      const isDone = deliveries.length === 0 || deliveries.some((one) => one.delivered);
      if (isDone) await done();
      return isDone;
    }),
  );
  const told = delivered.filter(Boolean).length;
  return { told, undelivered: delivered.length - told };
}

import { type AlertingConfig, deliver } from "../../alerts/index.ts";
import type { UnixMs } from "../../../src-shared/units.ts";
import type { SqliteStore } from "../store/sqlite-store.ts";
import type { Assessment } from "./assess.ts";
import { auditDecisions } from "./decision-log.ts";
import { createIncidentBook } from "./incident-book.ts";
import { incidentsOf } from "./incidents.ts";

/** Tells people what is new about the rings. What reached nobody is told again at the next look. */
export async function tellIncidents(
  store: SqliteStore,
  assessed: readonly Assessment[],
  config: AlertingConfig,
  now: UnixMs,
  signal: AbortSignal,
): Promise<{ readonly told: number; readonly undelivered: number }> {
  const book = createIncidentBook(store.database, config.levelOf);
  const log = auditDecisions(store.database);
  const due = book.due(
    assessed.flatMap((assessment) => incidentsOf(assessment, log)),
    now,
  );
  const delivered = await Promise.all(
    due.map(async ({ alert, done }) => {
      const deliveries = await deliver(alert, config, signal);
      // A level without a channel has nobody to tell.
      const isDone = deliveries.length === 0 || deliveries.some((one) => one.delivered);
      if (isDone) done();
      return isDone;
    }),
  );
  const told = delivered.filter(Boolean).length;
  return { told, undelivered: delivered.length - told };
}

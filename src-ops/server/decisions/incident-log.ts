import type { Alert, AlertLevel, AlertKind } from "../alerts/index.ts";
import type { IncidentRepository, IncidentRecord } from "../store/index.ts";
import type { Incident } from "./incidents.ts";
import { MINUTE, type UnixMs } from "../../../src-shared/units.ts";

// the alert of a critical incident is repeated after these minutes until somebody acknowledges it. Repeated alerts
// also go to the escalation list.
const REPEAT_MINUTES = [15, 30, 60];

/** When the next reminder of an unacknowledged incident is sent; `null` if no reminder is left. */
export function nextReminder(
  { openedAt, acknowledgedAt, alertsSent }: IncidentRecord,
  level: AlertLevel,
): UnixMs | null {
  const minutes = REPEAT_MINUTES[Math.max(0, alertsSent - 1)];
  if (level !== "critical" || acknowledgedAt !== null || minutes === undefined) return null;
  return openedAt + minutes * MINUTE * 1_000;
}

/** An alert that is due, and what to call after it was delivered. */
export type Due = { readonly alert: Alert; readonly done: () => Promise<void> };

/** Stores incidents, so that each is alerted once, repeated until it is acknowledged, and reported when it is resolved. */
export function createIncidentLog(repository: IncidentRepository, levelOf: (kind: AlertKind) => AlertLevel) {
  async function dueOf(record: IncidentRecord, found: Incident | undefined, now: UnixMs): Promise<Due[]> {
    if (!found) {
      const done = () => repository.resolve(record.id, now);
      // No alert was sent when it began, so none is sent now that it is resolved.
      if (record.alertsSent === 0) return (await done(), []);
      return [{ alert: alertOf(record, "resolved"), done }];
    }
    if (record.alertsSent === 0)
      return [
        { alert: alertOf(record, "opened", found, found.isLate), done: () => repository.setAlertsSent(record.id, 1) },
      ];
    if (record.acknowledgedAt !== null || levelOf(record.kind) !== "critical") return [];
    const due = 1 + REPEAT_MINUTES.filter((minutes) => now - record.openedAt >= minutes * MINUTE * 1_000).length;
    if (due <= record.alertsSent) return [];
    return [{ alert: alertOf(record, "repeated", found, true), done: () => repository.setAlertsSent(record.id, due) }];
  }

  return {
    /** The alerts that are due, given the current incidents of the rings. */
    async due(incidents: readonly Incident[], now: UnixMs): Promise<readonly Due[]> {
      await repository.upsert(incidents, now);
      const found = new Map(incidents.map((one) => [one.id, one]));
      const records = await repository.open();
      return (await Promise.all(records.map((one) => dueOf(one, found.get(one.id), now)))).flat();
    },
  };
}
export type IncidentLog = ReturnType<typeof createIncidentLog>;

function alertOf(record: IncidentRecord, stage: Alert["stage"], found?: Incident, escalated = false): Alert {
  const { id: incident, kind, ring, version, detail, openedAt } = record;
  const { evaluatedHours = null } = found ?? {};
  return { incident, kind, stage, ring, version, at: Math.floor(openedAt / 1_000), detail, escalated, evaluatedHours };
}

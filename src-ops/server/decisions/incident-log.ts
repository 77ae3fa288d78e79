import type { Alert, AlertLevel, AlertKind } from "../alerts/index.ts";
import type { DeliveryRecord, IncidentRecord, RingStore } from "../store/index.ts";
import type { Incident } from "./incidents.ts";
import { MINUTE, type UnixMs } from "../../../src-shared/units.ts";

// the alert of a critical incident is repeated after these minutes until somebody acknowledges it. Repeated alerts
// also go to the escalation list.
const REPEAT_MINUTES = [15, 30, 60];

/** The number of the alert that tells that an incident is resolved; the others count from 1. */
const RESOLVED = 0;

/** When the next reminder of an unacknowledged incident is sent; `null` if no reminder is left. */
export function nextReminder(
  { openedAt, acknowledgedAt, alertsSent }: IncidentRecord,
  level: AlertLevel,
): UnixMs | null {
  const minutes = REPEAT_MINUTES[Math.max(0, alertsSent - 1)];
  if (level !== "critical" || acknowledgedAt !== null || minutes === undefined) return null;
  return openedAt + minutes * MINUTE * 1_000;
}

/** An alert that somebody still has to get, and what to call once the first recipient has it. */
export type Due = { readonly alert: Alert; readonly number: number; readonly done: () => Promise<void> };

/** Stores incidents, so that each is alerted once, repeated until it is acknowledged, and reported when it is resolved. */
export function createIncidentLog(
  { incidents, deliveries }: Pick<RingStore, "incidents" | "deliveries">,
  levelOf: (kind: AlertKind) => AlertLevel,
) {
  async function dueOf(
    record: IncidentRecord,
    found: Incident | undefined,
    sent: readonly DeliveryRecord[],
    now: UnixMs,
  ): Promise<Due[]> {
    if (!found) {
      const done = () => incidents.resolve(record.id, now);
      // No alert was sent when it began, so none is sent now that it is resolved.
      if (record.alertsSent === 0) return (await done(), []);
      return [{ alert: alertOf(record, "resolved"), number: RESOLVED, done }];
    }
    const number = numberOf(record, sent, levelOf(record.kind), now);
    const isMissing = sent.some((one) => one.alert === number && (one.state === "failed" || one.state === "deferred"));
    if (number <= record.alertsSent && !isMissing) return [];
    const done = async () => {
      if (number > record.alertsSent) await incidents.setAlertsSent(record.id, number);
    };
    const alert =
      number === 1 ? alertOf(record, "opened", found, found.isLate) : alertOf(record, "repeated", found, true);
    return [{ alert, number, done }];
  }

  return {
    /** The alerts that are due, given the current incidents of the rings. */
    async due(found: readonly Incident[], now: UnixMs): Promise<readonly Due[]> {
      await incidents.upsert(found, now);
      const byId = new Map(found.map((one) => [one.id, one]));
      const sent = Map.groupBy(await deliveries.all(), ({ incident }) => incident);
      const records = await incidents.open();
      return (
        await Promise.all(records.map((one) => dueOf(one, byId.get(one.id), sent.get(one.id) ?? [], now)))
      ).flat();
    },
  };
}
export type IncidentLog = ReturnType<typeof createIncidentLog>;

/** Which alert about an open incident people have to get now. Time decides, not whether the one before arrived. */
function numberOf(
  { acknowledgedAt, alertsSent, openedAt }: IncidentRecord,
  sent: readonly DeliveryRecord[],
  level: AlertLevel,
  now: UnixMs,
): number {
  if (alertsSent === 0 && sent.length === 0) return 1;
  if (acknowledgedAt !== null || level !== "critical") return Math.max(1, alertsSent);
  const repeated = REPEAT_MINUTES.filter((minutes) => now - openedAt >= minutes * MINUTE * 1_000).length;
  // If every recipient is refused, nobody is silent: the alert has reached nobody, so more people get it at once.
  const first = sent.filter(({ alert }) => alert === 1);
  const isHopeless = first.length > 0 && first.every(({ state }) => state === "refused");
  return Math.max(1 + repeated, alertsSent, isHopeless ? 2 : 1);
}

function alertOf(record: IncidentRecord, stage: Alert["stage"], found?: Incident, escalated = false): Alert {
  const { id: incident, kind, ring, version, detail, openedAt } = record;
  const { evaluatedHours = null } = found ?? {};
  return { incident, kind, stage, ring, version, at: Math.floor(openedAt / 1_000), detail, escalated, evaluatedHours };
}

import { type Alert, type AlertLevel, type AlertKind } from "../../alerts/index.ts";
import { MINUTE, type UnixMs } from "../../../src-shared/units.ts";
import type { IncidentShelf, KeptIncident } from "../store/ring-store.ts";
import type { Incident } from "./incidents.ts";

// what is critical and unanswered is told again after so many minutes, to those on the escalation list as well.
const REPEAT_MINUTES = [15, 30, 60];

/** When people are reminded of an incident that nobody has answered; `null`: they are not, or not any more. */
export function nextReminder({ openedAt, answeredAt, told }: KeptIncident, level: AlertLevel): UnixMs | null {
  const minutes = REPEAT_MINUTES[Math.max(0, told - 1)];
  if (level !== "critical" || answeredAt !== null || minutes === undefined) return null;
  return openedAt + minutes * MINUTE * 1_000;
}

/** One alert that is due, and what to call once it was delivered. */
export type Due = { readonly alert: Alert; readonly done: () => Promise<void> };

/** Remembers incidents, so that each is told once, repeated while nobody answers, and called over when it is. */
export function createIncidentBook(shelf: IncidentShelf, levelOf: (kind: AlertKind) => AlertLevel) {
  async function dueOf(kept: KeptIncident, found: Incident | undefined, now: UnixMs): Promise<Due[]> {
    if (!found) {
      const done = () => shelf.resolve(kept.id, now);
      // Nobody was told that it began: nobody has to hear that it is over.
      if (kept.told === 0) return (await done(), []);
      return [{ alert: alertOf(kept, "resolved", now), done }];
    }
    if (kept.told === 0)
      return [{ alert: alertOf(kept, "opened", now, found.isLate), done: () => shelf.setTold(kept.id, 1) }];
    if (kept.answeredAt !== null || levelOf(kept.kind) !== "critical") return [];
    const due = 1 + REPEAT_MINUTES.filter((minutes) => now - kept.openedAt >= minutes * MINUTE * 1_000).length;
    if (due <= kept.told) return [];
    return [{ alert: alertOf(kept, "repeated", now, true), done: () => shelf.setTold(kept.id, due) }];
  }

  return {
    /** Which alerts are due, now that these are the incidents of the rings. */
    async due(incidents: readonly Incident[], now: UnixMs): Promise<readonly Due[]> {
      await shelf.keep(incidents, now);
      const found = new Map(incidents.map((one) => [one.id, one]));
      const kept = await shelf.open();
      return (await Promise.all(kept.map((one) => dueOf(one, found.get(one.id), now)))).flat();
    },
  };
}

function alertOf(kept: KeptIncident, stage: Alert["stage"], now: UnixMs, escalated = false): Alert {
  const { id: incident, kind, ring, version, detail } = kept;
  return { incident, kind, stage, ring, version, at: Math.floor(now / 1_000), detail, escalated };
}

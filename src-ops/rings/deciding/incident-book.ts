import type { DatabaseSync } from "node:sqlite";
import { type Alert, type AlertLevel, type AlertKind } from "../../alerts/index.ts";
import { MINUTE, type UnixMs } from "../../../src-shared/units.ts";
import type { Incident } from "./incidents.ts";

/** An incident as it is kept. `told`: how many alerts were delivered of it. */
type Kept = Incident & {
  readonly openedAt: UnixMs;
  readonly told: number;
  readonly answeredAt: UnixMs | null;
  readonly resolvedAt: UnixMs | null;
};

// what is critical and unanswered is told again after so many minutes, to those on the escalation list as well.
const REPEAT_MINUTES = [15, 30, 60];

/** One alert that is due, and what to call once it was delivered. */
export type Due = { readonly alert: Alert; readonly done: () => void };

/** Remembers incidents, so that each is told once, repeated while nobody answers, and called over when it is. */
export function createIncidentBook(database: DatabaseSync, levelOf: (kind: AlertKind) => AlertLevel) {
  const open = database.prepare("SELECT * FROM incidents WHERE resolvedAt IS NULL ORDER BY id");
  const insert = database.prepare(
    "INSERT INTO incidents VALUES (?, ?, ?, ?, ?, ?, 0, NULL, NULL) ON CONFLICT DO UPDATE SET " +
      "openedAt = excluded.openedAt, told = 0, answeredAt = NULL, resolvedAt = NULL WHERE resolvedAt IS NOT NULL",
  );
  const refresh = database.prepare("UPDATE incidents SET detail = ? WHERE id = ?");
  const tell = database.prepare("UPDATE incidents SET told = ? WHERE id = ?");
  const resolve = database.prepare("UPDATE incidents SET resolvedAt = ? WHERE id = ?");
  const answer = database.prepare("UPDATE incidents SET answeredAt = ? WHERE id = ? AND answeredAt IS NULL");

  const keptOnes = () => open.all() as unknown as Kept[];

  function dueOf(kept: Kept, isOver: boolean, now: UnixMs): Due[] {
    if (isOver) {
      const done = () => void resolve.run(now, kept.id);
      // Nobody was told that it began: nobody has to hear that it is over.
      if (kept.told === 0) return (done(), []);
      return [{ alert: alertOf(kept, "resolved", now), done }];
    }
    if (kept.told === 0) return [{ alert: alertOf(kept, "opened", now), done: () => void tell.run(1, kept.id) }];
    if (kept.answeredAt !== null || levelOf(kept.kind) !== "critical") return [];
    const due = 1 + REPEAT_MINUTES.filter((minutes) => now - kept.openedAt >= minutes * MINUTE * 1_000).length;
    if (due <= kept.told) return [];
    return [{ alert: alertOf(kept, "repeated", now, true), done: () => void tell.run(due, kept.id) }];
  }

  return {
    /** Which alerts are due, now that these are the incidents of the rings. */
    due(incidents: readonly Incident[], now: UnixMs): readonly Due[] {
      for (const { id, kind, ring, version, detail } of incidents) {
        insert.run(id, kind, ring, version, detail, now);
        refresh.run(detail, id);
      }
      const ids = new Set(incidents.map(({ id }) => id));
      return keptOnes().flatMap((kept) => dueOf(kept, !ids.has(kept.id), now));
    },
    open: keptOnes,
    /** Somebody has taken it on: it is not repeated. Whether there was such an incident, unanswered. */
    answer: (id: string, now: UnixMs): boolean => answer.run(now, id).changes > 0,
  };
}
export type IncidentBook = ReturnType<typeof createIncidentBook>;

function alertOf(kept: Kept, stage: Alert["stage"], now: UnixMs, escalated = false): Alert {
  const { id: incident, kind, ring, version, detail } = kept;
  return { incident, kind, stage, ring, version, at: Math.floor(now / 1_000), detail, escalated };
}

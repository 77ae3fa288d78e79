import type { Pool } from "pg";
import type { Ring } from "../../../src-shared/license/index.ts";
import type { LastReached } from "../../gates/index.ts";
import { type Query, inTransaction } from "./postgres-connection.ts";
import type { DecisionLine, AccountRecord, IncidentRecord, RingStore } from "./ring-store.ts";
import type { UnixMs } from "../../../src-shared/units.ts";

type Tickets = Pick<RingStore, "setTicket" | "ticket">;
type Places = Pick<RingStore, "reached" | "recordProbe" | "forgetProbeTarget">;
type Shelves = Tickets & Places & Pick<RingStore, "decisions" | "incidents" | "sessions" | "accounts">;

/** What people bring or decide, and what they are told of: small tables beside the events. */
export function createPostgresRepositories(pool: Pool, query: Query): Shelves {
  return {
    ...ticketsIn(query),
    ...placesIn(query),
    decisions: {
      append: (next) =>
        inTransaction(pool, "decisions", async (within) => {
          const [last] = await within<DecisionLine>("SELECT n, line FROM decisions ORDER BY n DESC LIMIT 1");
          const { n, line } = next(last);
          await within("INSERT INTO decisions VALUES ($1, $2)", [n, line]);
        }),
      all: () => query<DecisionLine>("SELECT n, line FROM decisions ORDER BY n"),
    },
    incidents: incidentsIn(query),
    sessions: sessionsIn(query),
    accounts: accountsIn(query),
  };
}

function ticketsIn(query: Query): Tickets {
  return {
    async setTicket(id, ring, openedAt, closedAt) {
      await query(
        'INSERT INTO tickets VALUES ($1, $2, $3, $4) ON CONFLICT (id) DO UPDATE SET "closedAt" = excluded."closedAt"',
        [id, ring, openedAt, closedAt ?? null],
      );
    },
    async ticket(id) {
      const [row] = await query<{ ring: Ring; openedAt: UnixMs; closedAt: UnixMs | null }>(
        'SELECT ring, "openedAt", "closedAt" FROM tickets WHERE id = $1',
        [id],
      );
      return row && { ...row, closedAt: row.closedAt ?? undefined };
    },
  };
}

function placesIn(query: Query): Places {
  return {
    reached: () => query<LastReached>("SELECT place, at FROM reached ORDER BY place"),
    async recordProbe(place, at, isReached) {
      const otherwise = isReached ? "UPDATE SET at = greatest(reached.at, excluded.at)" : "NOTHING";
      await query(`INSERT INTO reached VALUES ($1, $2) ON CONFLICT (place) DO ${otherwise}`, [place, at]);
    },
    async forgetProbeTarget(place) {
      await query("DELETE FROM reached WHERE place = $1", [place]);
    },
  };
}

function incidentsIn(query: Query): RingStore["incidents"] {
  const FOUND = "json_to_recordset($1::json) AS found(id text, kind text, ring text, version text, detail text)";
  return {
    open: () =>
      query<IncidentRecord>(
        'SELECT id, kind, ring, version, detail, "openedAt", told AS "alertsSent", "acknowledgedAt", "resolvedAt" ' +
          'FROM incidents WHERE "resolvedAt" IS NULL ORDER BY id',
      ),
    async upsert(found, now) {
      const once = JSON.stringify([...new Map(found.map((incident) => [incident.id, incident])).values()]);
      await query(
        `INSERT INTO incidents SELECT id, kind, ring, version, detail, $2, 0, NULL, NULL FROM ${FOUND} ` +
          'ON CONFLICT (id) DO UPDATE SET "openedAt" = excluded."openedAt", told = 0, "acknowledgedAt" = NULL, ' +
          '"resolvedAt" = NULL WHERE incidents."resolvedAt" IS NOT NULL',
        [once, now],
      );
      await query(`UPDATE incidents SET detail = found.detail FROM ${FOUND} WHERE incidents.id = found.id`, [once]);
    },
    async setAlertsSent(id, told) {
      await query("UPDATE incidents SET told = $2 WHERE id = $1", [id, told]);
    },
    async resolve(id, now) {
      await query('UPDATE incidents SET "resolvedAt" = $2 WHERE id = $1', [id, now]);
    },
    async acknowledge(id, now) {
      const answered = await query(
        'UPDATE incidents SET "acknowledgedAt" = $2 WHERE id = $1 AND "acknowledgedAt" IS NULL RETURNING id',
        [id, now],
      );
      return answered.length > 0;
    },
  };
}

function sessionsIn(query: Query): RingStore["sessions"] {
  return {
    async open(token, name, expires, now) {
      await query("DELETE FROM console_sessions WHERE expires <= $1", [now]);
      await query("INSERT INTO console_sessions VALUES ($1, $2, $3)", [token, name, expires]);
    },
    async nameOf(token, now) {
      const [row] = await query<{ name: string }>(
        "SELECT name FROM console_sessions WHERE token = $1 AND expires > $2",
        [token, now],
      );
      return row?.name;
    },
    async close(token) {
      await query("DELETE FROM console_sessions WHERE token = $1", [token]);
    },
  };
}

function accountsIn(query: Query): RingStore["accounts"] {
  return {
    async put({ name, role, salt, hash }) {
      await query(
        "INSERT INTO accounts VALUES ($1, $2, $3, $4) ON CONFLICT (name) DO UPDATE SET " +
          "role = excluded.role, salt = excluded.salt, hash = excluded.hash",
        [name, role, salt, hash],
      );
    },
    async find(name) {
      const [row] = await query<AccountRecord>("SELECT name, role, salt, hash FROM accounts WHERE name = $1", [name]);
      return row;
    },
    remove: async (name) => (await query("DELETE FROM accounts WHERE name = $1 RETURNING name", [name])).length > 0,
  };
}

import type { Pool } from "pg";
import type { Ring } from "../../../src-shared/license/index.ts";
import type { Reached } from "../../gates/index.ts";
import { type Ask, inTransaction } from "./postgres-connection.ts";
import type { DecisionLine, KeptAccount, KeptIncident, RingStore } from "./ring-store.ts";
import type { UnixMs } from "../../../src-shared/units.ts";

type Tickets = Pick<RingStore, "setTicket" | "ticket">;
type Places = Pick<RingStore, "reached" | "noteReached" | "forgetPlace">;
type Shelves = Tickets & Places & Pick<RingStore, "decisions" | "incidents" | "sessions" | "accounts">;

/** What people bring or decide, and what they are told of: small tables beside the events. */
export function createPostgresShelves(pool: Pool, ask: Ask): Shelves {
  return {
    ...ticketsIn(ask),
    ...placesIn(ask),
    decisions: {
      append: (next) =>
        inTransaction(pool, "decisions", async (within) => {
          const [last] = await within<DecisionLine>("SELECT n, line FROM decisions ORDER BY n DESC LIMIT 1");
          const { n, line } = next(last);
          await within("INSERT INTO decisions VALUES ($1, $2)", [n, line]);
        }),
      all: () => ask<DecisionLine>("SELECT n, line FROM decisions ORDER BY n"),
    },
    incidents: incidentsIn(ask),
    sessions: sessionsIn(ask),
    accounts: accountsIn(ask),
  };
}

function ticketsIn(ask: Ask): Tickets {
  return {
    async setTicket(id, ring, openedAt, closedAt) {
      await ask(
        'INSERT INTO tickets VALUES ($1, $2, $3, $4) ON CONFLICT (id) DO UPDATE SET "closedAt" = excluded."closedAt"',
        [id, ring, openedAt, closedAt ?? null],
      );
    },
    async ticket(id) {
      const [row] = await ask<{ ring: Ring; openedAt: UnixMs; closedAt: UnixMs | null }>(
        'SELECT ring, "openedAt", "closedAt" FROM tickets WHERE id = $1',
        [id],
      );
      return row && { ...row, closedAt: row.closedAt ?? undefined };
    },
  };
}

function placesIn(ask: Ask): Places {
  return {
    reached: () => ask<Reached>("SELECT place, at FROM reached ORDER BY place"),
    async noteReached(place, at, isReached) {
      const otherwise = isReached ? "UPDATE SET at = greatest(reached.at, excluded.at)" : "NOTHING";
      await ask(`INSERT INTO reached VALUES ($1, $2) ON CONFLICT (place) DO ${otherwise}`, [place, at]);
    },
    async forgetPlace(place) {
      await ask("DELETE FROM reached WHERE place = $1", [place]);
    },
  };
}

function incidentsIn(ask: Ask): RingStore["incidents"] {
  const FOUND = "json_to_recordset($1::json) AS found(id text, kind text, ring text, version text, detail text)";
  return {
    open: () => ask<KeptIncident>('SELECT * FROM incidents WHERE "resolvedAt" IS NULL ORDER BY id'),
    async keep(found, now) {
      const once = JSON.stringify([...new Map(found.map((incident) => [incident.id, incident])).values()]);
      await ask(
        `INSERT INTO incidents SELECT id, kind, ring, version, detail, $2, 0, NULL, NULL FROM ${FOUND} ` +
          'ON CONFLICT (id) DO UPDATE SET "openedAt" = excluded."openedAt", told = 0, "answeredAt" = NULL, ' +
          '"resolvedAt" = NULL WHERE incidents."resolvedAt" IS NOT NULL',
        [once, now],
      );
      await ask(`UPDATE incidents SET detail = found.detail FROM ${FOUND} WHERE incidents.id = found.id`, [once]);
    },
    async setTold(id, told) {
      await ask("UPDATE incidents SET told = $2 WHERE id = $1", [id, told]);
    },
    async resolve(id, now) {
      await ask('UPDATE incidents SET "resolvedAt" = $2 WHERE id = $1', [id, now]);
    },
    async answer(id, now) {
      const answered = await ask(
        'UPDATE incidents SET "answeredAt" = $2 WHERE id = $1 AND "answeredAt" IS NULL RETURNING id',
        [id, now],
      );
      return answered.length > 0;
    },
  };
}

function sessionsIn(ask: Ask): RingStore["sessions"] {
  return {
    async open(token, name, expires, now) {
      await ask("DELETE FROM console_sessions WHERE expires <= $1", [now]);
      await ask("INSERT INTO console_sessions VALUES ($1, $2, $3)", [token, name, expires]);
    },
    async nameOf(token, now) {
      const [row] = await ask<{ name: string }>("SELECT name FROM console_sessions WHERE token = $1 AND expires > $2", [
        token,
        now,
      ]);
      return row?.name;
    },
    async close(token) {
      await ask("DELETE FROM console_sessions WHERE token = $1", [token]);
    },
  };
}

function accountsIn(ask: Ask): RingStore["accounts"] {
  return {
    async put({ name, role, salt, hash }) {
      await ask(
        "INSERT INTO accounts VALUES ($1, $2, $3, $4) ON CONFLICT (name) DO UPDATE SET " +
          "role = excluded.role, salt = excluded.salt, hash = excluded.hash",
        [name, role, salt, hash],
      );
    },
    async find(name) {
      const [row] = await ask<KeptAccount>("SELECT name, role, salt, hash FROM accounts WHERE name = $1", [name]);
      return row;
    },
    remove: async (name) => (await ask("DELETE FROM accounts WHERE name = $1 RETURNING name", [name])).length > 0,
  };
}

import type { DatabaseSync } from "node:sqlite";
import type { Ring } from "../../../src-shared/license/index.ts";
import type { LastReached } from "../../gates/index.ts";
import type { DecisionLine, AccountRecord, IncidentRecord, RingStore } from "./ring-store.ts";
import { inTransaction } from "./sqlite-schema.ts";

type Tickets = Pick<RingStore, "setTicket" | "ticket">;
type Places = Pick<RingStore, "reached" | "recordProbe" | "forgetProbeTarget">;
type Shelves = Tickets & Places & Pick<RingStore, "decisions" | "incidents" | "sessions" | "accounts">;

/** What people bring or decide, and what they are told of: small tables beside the events. */
export function createSqliteRepositories(database: DatabaseSync): Shelves {
  return {
    ...ticketsIn(database),
    ...placesIn(database),
    decisions: decisionsIn(database),
    incidents: incidentsIn(database),
    sessions: sessionsIn(database),
    accounts: accountsIn(database),
  };
}

function ticketsIn(database: DatabaseSync): Tickets {
  const set = database.prepare(
    "INSERT INTO tickets VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET closedAt = excluded.closedAt",
  );
  const find = database.prepare("SELECT ring, openedAt, closedAt FROM tickets WHERE id = ?");
  return {
    setTicket: async (id, ring, openedAt, closedAt) => void set.run(id, ring, openedAt, closedAt ?? null),
    async ticket(id) {
      const row = find.get(id);
      if (!row) return undefined;
      const closedAt = row["closedAt"] === null ? undefined : Number(row["closedAt"]);
      return { ring: row["ring"] as Ring, openedAt: Number(row["openedAt"]), closedAt };
    },
  };
}

function placesIn(database: DatabaseSync): Places {
  const all = database.prepare("SELECT place, at FROM reached ORDER BY place");
  const reach = database.prepare(
    "INSERT INTO reached VALUES (?, ?) ON CONFLICT DO UPDATE SET at = max(at, excluded.at)",
  );
  const miss = database.prepare("INSERT INTO reached VALUES (?, ?) ON CONFLICT DO NOTHING");
  const forget = database.prepare("DELETE FROM reached WHERE place = ?");
  return {
    reached: async () => all.all() as unknown as LastReached[],
    recordProbe: async (place, at, isReached) => void (isReached ? reach : miss).run(place, at),
    forgetProbeTarget: async (place) => void forget.run(place),
  };
}

function decisionsIn(database: DatabaseSync): RingStore["decisions"] {
  const last = database.prepare("SELECT n, line FROM decisions ORDER BY n DESC LIMIT 1");
  const insert = database.prepare("INSERT INTO decisions VALUES (?, ?)");
  const all = database.prepare("SELECT n, line FROM decisions ORDER BY n");
  return {
    append: async (next) =>
      inTransaction(database, () => {
        const { n, line } = next(last.get() as DecisionLine | undefined);
        insert.run(n, line);
      }),
    all: async () => all.all() as unknown as DecisionLine[],
  };
}

function incidentsIn(database: DatabaseSync): RingStore["incidents"] {
  const open = database.prepare(
    'SELECT id, kind, ring, version, detail, openedAt, told AS "alertsSent", acknowledgedAt, resolvedAt FROM incidents ' +
      "WHERE resolvedAt IS NULL ORDER BY id",
  );
  const insert = database.prepare(
    "INSERT INTO incidents VALUES (?, ?, ?, ?, ?, ?, 0, NULL, NULL) ON CONFLICT DO UPDATE SET " +
      "openedAt = excluded.openedAt, told = 0, acknowledgedAt = NULL, resolvedAt = NULL WHERE resolvedAt IS NOT NULL",
  );
  const refresh = database.prepare("UPDATE incidents SET detail = ? WHERE id = ?");
  const tell = database.prepare("UPDATE incidents SET told = ? WHERE id = ?");
  const resolve = database.prepare("UPDATE incidents SET resolvedAt = ? WHERE id = ?");
  const answer = database.prepare("UPDATE incidents SET acknowledgedAt = ? WHERE id = ? AND acknowledgedAt IS NULL");
  return {
    open: async () => open.all() as unknown as IncidentRecord[],
    upsert: async (found, now) =>
      inTransaction(database, () => {
        for (const { id, kind, ring, version, detail } of found) {
          insert.run(id, kind, ring, version, detail, now);
          refresh.run(detail, id);
        }
      }),
    setAlertsSent: async (id, told) => void tell.run(told, id),
    resolve: async (id, now) => void resolve.run(now, id),
    acknowledge: async (id, now) => answer.run(now, id).changes > 0,
  };
}

function sessionsIn(database: DatabaseSync): RingStore["sessions"] {
  const insert = database.prepare("INSERT INTO console_sessions VALUES (?, ?, ?)");
  const sweep = database.prepare("DELETE FROM console_sessions WHERE expires <= ?");
  const find = database.prepare("SELECT name FROM console_sessions WHERE token = ? AND expires > ?");
  const remove = database.prepare("DELETE FROM console_sessions WHERE token = ?");
  return {
    async open(token, name, expires, now) {
      sweep.run(now);
      insert.run(token, name, expires);
    },
    nameOf: async (token, now) => find.get(token, now)?.["name"] as string | undefined,
    close: async (token) => void remove.run(token),
  };
}

function accountsIn(database: DatabaseSync): RingStore["accounts"] {
  const put = database.prepare(
    "INSERT INTO accounts VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET " +
      "role = excluded.role, salt = excluded.salt, hash = excluded.hash",
  );
  const find = database.prepare("SELECT name, role, salt, hash FROM accounts WHERE name = ?");
  const remove = database.prepare("DELETE FROM accounts WHERE name = ?");
  return {
    put: async ({ name, role, salt, hash }) => void put.run(name, role, salt, hash),
    find: async (name) => find.get(name) as AccountRecord | undefined,
    remove: async (name) => remove.run(name).changes > 0,
  };
}

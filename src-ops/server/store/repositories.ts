import type { Ring } from "../../../src-shared/license/index.ts";
import type { UnixMs } from "../../../src-shared/units.ts";
import type { LastReached } from "../../gates/index.ts";
import { createEnrolments } from "./enrolments.ts";
import type {
  AccountRecord,
  AccountRepository,
  BrowserRepository,
  DecisionLine,
  DecisionRepository,
  DeliveryRecord,
  DeliveryRepository,
  IncidentRecord,
  IncidentRepository,
  NoteRepository,
  RingStore,
  SessionRepository,
} from "./ring-store.ts";
import type { RunStatements, Statement } from "./statement.ts";

type Tickets = Pick<RingStore, "setTicket" | "ticket">;
type Probes = Pick<RingStore, "reached" | "recordProbe" | "forgetProbeTarget">;

/** The repositories of the small tables. Both databases use the same SQL. */
export function createRepositories(run: RunStatements) {
  return {
    ...createEnrolments(run),
    ...ticketsIn(run),
    ...probesIn(run),
    decisions: decisionsIn(run),
    incidents: incidentsIn(run),
    deliveries: deliveriesIn(run),
    notes: notesIn(run),
    sessions: sessionsIn(run),
    accounts: accountsIn(run),
    browsers: browsersIn(run),
  };
}

function ticketsIn(run: RunStatements): Tickets {
  return {
    async setTicket(id, ring, openedAt, closedAt) {
      await run([
        'INSERT INTO tickets VALUES ($1, $2, $3, $4) ON CONFLICT (id) DO UPDATE SET "closedAt" = excluded."closedAt"',
        [id, ring, openedAt, closedAt ?? null],
      ]);
    },
    async ticket(id) {
      const [row] = await run<{ ring: Ring; openedAt: UnixMs; closedAt: UnixMs | null }>([
        'SELECT ring, "openedAt", "closedAt" FROM tickets WHERE id = $1',
        [id],
      ]);
      return row && { ...row, closedAt: row.closedAt ?? undefined };
    },
  };
}

function probesIn(run: RunStatements): Probes {
  return {
    reached: () => run<LastReached>(["SELECT place, at FROM reached ORDER BY place"]),
    async recordProbe(target, at, isReached) {
      const otherwise = isReached ? "UPDATE SET at = excluded.at WHERE excluded.at > reached.at" : "NOTHING";
      await run([`INSERT INTO reached VALUES ($1, $2) ON CONFLICT (place) DO ${otherwise}`, [target, at]]);
    },
    async forgetProbeTarget(target) {
      await run(["DELETE FROM reached WHERE place = $1", [target]]);
    },
  };
}

function decisionsIn(run: RunStatements): DecisionRepository {
  return {
    async append(next) {
      let conflict: number | undefined;
      for (;;) {
        const [last] = await run<DecisionLine>(["SELECT n, line FROM decisions ORDER BY n DESC LIMIT 1"]);
        const { n, line } = next(last);
        if (n === conflict) throw new Error(`the decision log has a line ${n} already`);
        const insert = "INSERT INTO decisions VALUES ($1, $2) ON CONFLICT (n) DO NOTHING RETURNING n";
        const added = await run([insert, [n, line]]);
        if (added.length > 0) return;
        // Another writer was faster, so our line must follow that writer's line.
        conflict = n;
      }
    },
    all: () => run<DecisionLine>(["SELECT n, line FROM decisions ORDER BY n"]),
    async end() {
      const [row] = await run<DecisionLine & { count: number }>([
        "SELECT n, line, (SELECT count(*) FROM decisions) AS count FROM decisions ORDER BY n DESC LIMIT 1",
      ]);
      return { count: row?.count ?? 0, last: row && { n: row.n, line: row.line } };
    },
  };
}

function incidentsIn(run: RunStatements): IncidentRepository {
  type Found = Parameters<IncidentRepository["upsert"]>[0][number];
  const upsertOne = ({ id, kind, ring, version, detail }: Found, now: UnixMs): Statement[] => [
    [
      "INSERT INTO incidents VALUES ($1, $2, $3, $4, $5, $6, 0, NULL, NULL) ON CONFLICT (id) DO UPDATE SET " +
        '"openedAt" = excluded."openedAt", told = 0, "acknowledgedAt" = NULL, "resolvedAt" = NULL ' +
        'WHERE incidents."resolvedAt" IS NOT NULL',
      [id, kind, ring, version, detail, now],
    ],
    ["UPDATE incidents SET detail = $2 WHERE id = $1", [id, detail]],
  ];
  return {
    open: () =>
      run<IncidentRecord>([
        'SELECT id, kind, ring, version, detail, "openedAt", told AS "alertsSent", "acknowledgedAt", "resolvedAt" ' +
          'FROM incidents WHERE "resolvedAt" IS NULL ORDER BY id',
      ]),
    async upsert(found, now) {
      // Every server locks the rows in the same order, which prevents deadlocks.
      const sorted = found.toSorted((a, b) => (a.id < b.id ? -1 : Number(a.id > b.id)));
      await run(...sorted.flatMap((one) => upsertOne(one, now)));
    },
    async setAlertsSent(id, count) {
      await run(["UPDATE incidents SET told = $2 WHERE id = $1", [id, count]]);
    },
    async resolve(id, now) {
      await run(
        ["DELETE FROM deliveries WHERE incident = $1", [id]],
        ['UPDATE incidents SET "resolvedAt" = $2 WHERE id = $1', [id, now]],
      );
    },
    async acknowledge(id, now) {
      const acknowledged = await run([
        'UPDATE incidents SET "acknowledgedAt" = $2 WHERE id = $1 AND "acknowledgedAt" IS NULL RETURNING id',
        [id, now],
      ]);
      return acknowledged.length > 0;
    },
  };
}

function deliveriesIn(run: RunStatements): DeliveryRepository {
  return {
    all: () =>
      run<DeliveryRecord>([
        'SELECT incident, alert, recipient, state, tries, "nextAt" FROM deliveries ORDER BY incident, alert, recipient',
      ]),
    async put({ incident, alert, recipient, state, tries, nextAt }) {
      await run([
        "INSERT INTO deliveries VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (incident, alert, recipient) DO UPDATE SET " +
          'state = excluded.state, tries = excluded.tries, "nextAt" = excluded."nextAt"',
        [incident, alert, recipient, state, tries, nextAt],
      ]);
    },
  };
}

function notesIn(run: RunStatements): NoteRepository {
  return {
    async put(name, text, at) {
      await run([
        "INSERT INTO server_notes VALUES ($1, $2, $3) ON CONFLICT (name) DO UPDATE SET text = excluded.text, at = excluded.at",
        [name, text, at],
      ]);
    },
    async get(name) {
      const [row] = await run<{ text: string; at: UnixMs }>([
        "SELECT text, at FROM server_notes WHERE name = $1",
        [name],
      ]);
      return row && { ...row };
    },
  };
}

function sessionsIn(run: RunStatements): SessionRepository {
  return {
    async open(token, { name, salt }, expires, now) {
      await run(
        ["DELETE FROM logins WHERE expires <= $1", [now]],
        ["INSERT INTO logins VALUES ($1, $2, $3, $4)", [token, name, salt, expires]],
      );
    },
    async accountOf(token, now) {
      const [row] = await run<AccountRecord>([
        "SELECT a.name, a.role, a.salt, a.hash FROM logins l JOIN accounts a ON a.name = l.name AND a.salt = l.salt " +
          "WHERE l.token = $1 AND l.expires > $2",
        [token, now],
      ]);
      return row;
    },
    async close(token) {
      await run(["DELETE FROM logins WHERE token = $1", [token]]);
    },
  };
}

function browsersIn(run: RunStatements): BrowserRepository {
  return {
    async add(token, name, expires, now) {
      await run(
        ["DELETE FROM known_browsers WHERE expires <= $1", [now]],
        ["INSERT INTO known_browsers VALUES ($1, $2, $3)", [token, name, expires]],
      );
    },
    async isKnown(token, name, now) {
      const rows = await run([
        "SELECT token FROM known_browsers WHERE token = $1 AND name = $2 AND expires > $3",
        [token, name, now],
      ]);
      return rows.length > 0;
    },
  };
}

function accountsIn(run: RunStatements): AccountRepository {
  return {
    async put({ name, role, salt, hash }) {
      await run([
        "INSERT INTO accounts VALUES ($1, $2, $3, $4) ON CONFLICT (name) DO UPDATE SET " +
          "role = excluded.role, salt = excluded.salt, hash = excluded.hash",
        [name, role, salt, hash],
      ]);
    },
    async find(name) {
      const [row] = await run<AccountRecord>(["SELECT name, role, salt, hash FROM accounts WHERE name = $1", [name]]);
      return row;
    },
    async remove(name) {
      const removed = await run(
        ["DELETE FROM known_browsers WHERE name = $1", [name]],
        ["DELETE FROM accounts WHERE name = $1 RETURNING name", [name]],
      );
      return removed.length > 0;
    },
  };
}

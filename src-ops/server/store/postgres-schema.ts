import type { Pool } from "pg";
import { COUNTERS } from "../../gates/index.ts";
import { inTransaction } from "./postgres-connection.ts";

const counters = COUNTERS.map((name) => `"${name}" int8 NOT NULL`).join(", ");
// Compares by bytes: the order must not depend on the database's locale.
const TEXT = 'text COLLATE "C" NOT NULL';

// What each version adds to the previous one. A released version is never changed; a new one is added instead.
const MIGRATIONS: readonly string[] = [
  `
CREATE TABLE events (
  machine ${TEXT}, session ${TEXT}, seq int8 NOT NULL, id ${TEXT},
  kind ${TEXT}, ring ${TEXT}, version ${TEXT}, at int8 NOT NULL, received int8 NOT NULL, event text NOT NULL,
  what text, artefact text, score int4,
  PRIMARY KEY (machine, session, seq)
);
CREATE UNIQUE INDEX event_ids ON events (machine, id);
CREATE INDEX other_events ON events (kind, ring, version, at) WHERE kind <> 'session';
CREATE TABLE slots (ring ${TEXT}, version ${TEXT}, slot int8 NOT NULL, ${counters}, PRIMARY KEY (ring, version, slot));
CREATE TABLE machine_days (
  ring ${TEXT}, version ${TEXT}, machine ${TEXT}, day int8 NOT NULL,
  operations int8 NOT NULL, failed int8 NOT NULL, "memoryHighest" int8 NOT NULL, features int8 NOT NULL,
  "lastAt" int8 NOT NULL,
  PRIMARY KEY (ring, version, machine, day)
);
CREATE INDEX days_of_machines ON machine_days (machine);
CREATE TABLE steps (machine ${TEXT}, build ${TEXT}, step ${TEXT}, at int8 NOT NULL, PRIMARY KEY (machine, build, step));
CREATE INDEX steps_to_builds ON steps (build);
CREATE TABLE machines (machine ${TEXT} PRIMARY KEY, ring ${TEXT});
CREATE TABLE erasures (machine ${TEXT} PRIMARY KEY, at int8 NOT NULL);
CREATE TABLE tickets (id ${TEXT} PRIMARY KEY, ring ${TEXT}, "openedAt" int8 NOT NULL, "closedAt" int8);
CREATE TABLE incidents (
  id ${TEXT} PRIMARY KEY, kind ${TEXT}, ring ${TEXT}, version ${TEXT}, detail text NOT NULL,
  "openedAt" int8 NOT NULL, told int8 NOT NULL, "acknowledgedAt" int8, "resolvedAt" int8
);
CREATE TABLE console_sessions (token ${TEXT} PRIMARY KEY, name ${TEXT}, expires int8 NOT NULL);
CREATE TABLE accounts (name ${TEXT} PRIMARY KEY, role ${TEXT}, salt text NOT NULL, hash text NOT NULL);
CREATE TABLE reached (place ${TEXT} PRIMARY KEY, at int8 NOT NULL);
CREATE TABLE decisions (n int8 PRIMARY KEY, line text NOT NULL);
`,
  `CREATE TABLE enrolments (machine ${TEXT} PRIMARY KEY, issued int8 NOT NULL)`,
  // The new tables are filled by `vaultctl ring rebuild`.
  `
ALTER TABLE events DROP COLUMN artefact;
DROP TABLE machine_days;
CREATE TABLE machine_slots (
  ring ${TEXT}, version ${TEXT}, slot int8 NOT NULL, machine ${TEXT}, ${counters},
  PRIMARY KEY (ring, version, slot, machine)
);
CREATE INDEX failing_slots ON machine_slots (ring, version, slot, machine) WHERE "attemptsFailed" > 0;
CREATE TABLE machine_blocks (
  ring ${TEXT}, version ${TEXT}, machine ${TEXT}, block int8 NOT NULL,
  surplus int8 NOT NULL, "memoryHighest" int8 NOT NULL, features int8 NOT NULL, "lastAt" int8 NOT NULL, ${counters},
  PRIMARY KEY (ring, version, machine, block)
);
CREATE INDEX blocks_of_machines ON machine_blocks (machine);
`,
  `DROP TABLE console_sessions;
CREATE TABLE logins (token ${TEXT} PRIMARY KEY, name ${TEXT}, salt ${TEXT}, expires int8 NOT NULL);
CREATE TABLE known_browsers (token ${TEXT} PRIMARY KEY, name ${TEXT}, expires int8 NOT NULL);
CREATE INDEX others_of_session ON events (machine, session) WHERE kind <> 'session'`,
  // The aggregates are filled again by `vaultctl ring rebuild`.
  `
DROP TABLE slots; DROP TABLE machine_slots; DROP TABLE machine_blocks;
CREATE TABLE slots (ring ${TEXT}, version ${TEXT}, slot int8 NOT NULL, ${counters}, PRIMARY KEY (ring, version, slot));
CREATE TABLE machine_slots (
  ring ${TEXT}, version ${TEXT}, slot int8 NOT NULL, machine ${TEXT}, ${counters},
  PRIMARY KEY (ring, version, slot, machine)
);
CREATE INDEX failing_slots ON machine_slots (ring, version, slot, machine) WHERE "attemptsFailed" > 0;
CREATE INDEX slots_of_machines ON machine_slots (machine);
CREATE TABLE machine_days (
  ring ${TEXT}, version ${TEXT}, machine ${TEXT}, day int8 NOT NULL, surplus int8 NOT NULL, "memoryHighest" int8 NOT NULL,
  features int8 NOT NULL, "firstAt" int8 NOT NULL, "lastAt" int8 NOT NULL, ${counters},
  PRIMARY KEY (ring, version, machine, day)
);
CREATE INDEX days_of_machines ON machine_days (machine);
CREATE TABLE durations (
  ring ${TEXT}, version ${TEXT}, machine ${TEXT}, day int8 NOT NULL, measure ${TEXT}, bucket int8 NOT NULL,
  count int8 NOT NULL,
  PRIMARY KEY (ring, version, machine, day, measure, bucket)
);
CREATE INDEX durations_of_machines ON durations (machine);
CREATE TABLE platforms (machine ${TEXT} PRIMARY KEY, platform text NOT NULL);
`,
  `CREATE TABLE deliveries (
  incident ${TEXT}, alert int8 NOT NULL, recipient ${TEXT}, state ${TEXT}, tries int8 NOT NULL, "nextAt" int8 NOT NULL,
  PRIMARY KEY (incident, alert, recipient)
)`,
  `CREATE TABLE server_notes (name ${TEXT} PRIMARY KEY, text text NOT NULL, at int8 NOT NULL)`,
];

/**
 * Migrates a database to this program's version, one process at a time. If the database is newer, changes nothing and
 * returns its version: this program must not use it.
 */
export async function migrate(pool: Pool): Promise<{ readonly newer: number } | undefined> {
  return inTransaction(pool, "schema", async (query) => {
    await query("CREATE TABLE IF NOT EXISTS ring_schema (version int4 NOT NULL)");
    const [row] = await query<{ version: number }>("SELECT version FROM ring_schema");
    const found = row?.version ?? 0;
    if (found > MIGRATIONS.length) return { newer: found };
    for (const migration of MIGRATIONS.slice(found)) await query(migration);
    if (!row) await query("INSERT INTO ring_schema VALUES ($1)", [MIGRATIONS.length]);
    else if (found < MIGRATIONS.length) await query("UPDATE ring_schema SET version = $1", [MIGRATIONS.length]);
    return undefined;
  });
}

import { DatabaseSync } from "node:sqlite";
import { COUNTERS } from "../../gates/index.ts";

const counters = COUNTERS.map((name) => `${name} INTEGER NOT NULL`).join(", ");

// `vaultctl ring rebuild` recomputes the aggregates (slots, machine_slots, machine_days, durations, steps) from `events`. The
// other tables have their own sources.
const SCHEMA = `
CREATE TABLE IF NOT EXISTS events (
  machine TEXT NOT NULL, session TEXT NOT NULL, seq INTEGER NOT NULL, id TEXT NOT NULL,
  kind TEXT NOT NULL, ring TEXT NOT NULL, version TEXT NOT NULL, at INTEGER NOT NULL, received INTEGER NOT NULL,
  event TEXT NOT NULL,
  PRIMARY KEY (machine, session, seq)
) WITHOUT ROWID, STRICT;
CREATE UNIQUE INDEX IF NOT EXISTS event_ids ON events (machine, id);
CREATE INDEX IF NOT EXISTS others_of_session ON events (machine, session) WHERE kind <> 'session';
CREATE INDEX IF NOT EXISTS other_events ON events (kind, ring, version, at) WHERE kind <> 'session';
CREATE TABLE IF NOT EXISTS slots (
  ring TEXT NOT NULL, version TEXT NOT NULL, slot INTEGER NOT NULL, ${counters},
  PRIMARY KEY (ring, version, slot)
) WITHOUT ROWID, STRICT;
CREATE TABLE IF NOT EXISTS machine_slots (
  ring TEXT NOT NULL, version TEXT NOT NULL, slot INTEGER NOT NULL, machine TEXT NOT NULL, ${counters},
  PRIMARY KEY (ring, version, slot, machine)
) WITHOUT ROWID, STRICT;
CREATE INDEX IF NOT EXISTS failing_slots ON machine_slots (ring, version, slot, machine) WHERE attemptsFailed > 0;
CREATE TABLE IF NOT EXISTS machine_days (
  ring TEXT NOT NULL, version TEXT NOT NULL, machine TEXT NOT NULL, day INTEGER NOT NULL,
  surplus INTEGER NOT NULL, memoryHighest INTEGER NOT NULL, features INTEGER NOT NULL,
  firstAt INTEGER NOT NULL, lastAt INTEGER NOT NULL, ${counters},
  PRIMARY KEY (ring, version, machine, day)
) WITHOUT ROWID, STRICT;
CREATE TABLE IF NOT EXISTS durations (
  ring TEXT NOT NULL, version TEXT NOT NULL, machine TEXT NOT NULL, day INTEGER NOT NULL,
  measure TEXT NOT NULL, bucket INTEGER NOT NULL, count INTEGER NOT NULL,
  PRIMARY KEY (ring, version, machine, day, measure, bucket)
) WITHOUT ROWID, STRICT;
CREATE TABLE IF NOT EXISTS platforms (
  machine TEXT PRIMARY KEY, platform TEXT NOT NULL
) WITHOUT ROWID, STRICT;
CREATE TABLE IF NOT EXISTS steps (
  machine TEXT NOT NULL, build TEXT NOT NULL, step TEXT NOT NULL, at INTEGER NOT NULL,
  PRIMARY KEY (machine, build, step)
) WITHOUT ROWID, STRICT;
CREATE TABLE IF NOT EXISTS machines (
  machine TEXT PRIMARY KEY, ring TEXT NOT NULL
) WITHOUT ROWID, STRICT;
CREATE TABLE IF NOT EXISTS enrolments (
  machine TEXT PRIMARY KEY, issued INTEGER NOT NULL
) WITHOUT ROWID, STRICT;
CREATE TABLE IF NOT EXISTS erasures (
  machine TEXT PRIMARY KEY, at INTEGER NOT NULL
) WITHOUT ROWID, STRICT;
CREATE TABLE IF NOT EXISTS tickets (
  id TEXT PRIMARY KEY, ring TEXT NOT NULL, openedAt INTEGER NOT NULL, closedAt INTEGER
) WITHOUT ROWID, STRICT;
CREATE TABLE IF NOT EXISTS incidents (
  id TEXT PRIMARY KEY, kind TEXT NOT NULL, ring TEXT NOT NULL, version TEXT NOT NULL, detail TEXT NOT NULL,
  openedAt INTEGER NOT NULL, told INTEGER NOT NULL, acknowledgedAt INTEGER, resolvedAt INTEGER
) WITHOUT ROWID, STRICT;
CREATE TABLE IF NOT EXISTS deliveries (
  incident TEXT NOT NULL, alert INTEGER NOT NULL, recipient TEXT NOT NULL,
  state TEXT NOT NULL, tries INTEGER NOT NULL, nextAt INTEGER NOT NULL,
  PRIMARY KEY (incident, alert, recipient)
) WITHOUT ROWID, STRICT;
CREATE TABLE IF NOT EXISTS server_notes (
  name TEXT PRIMARY KEY, text TEXT NOT NULL, at INTEGER NOT NULL
) WITHOUT ROWID, STRICT;
DROP TABLE IF EXISTS console_sessions;
CREATE TABLE IF NOT EXISTS logins (
  token TEXT PRIMARY KEY, name TEXT NOT NULL, salt TEXT NOT NULL, expires INTEGER NOT NULL
) WITHOUT ROWID, STRICT;
CREATE TABLE IF NOT EXISTS known_browsers (
  token TEXT PRIMARY KEY, name TEXT NOT NULL, expires INTEGER NOT NULL
) WITHOUT ROWID, STRICT;
CREATE TABLE IF NOT EXISTS accounts (
  name TEXT PRIMARY KEY, role TEXT NOT NULL, salt TEXT NOT NULL, hash TEXT NOT NULL
) WITHOUT ROWID, STRICT;
CREATE TABLE IF NOT EXISTS reached (
  place TEXT PRIMARY KEY, at INTEGER NOT NULL
) WITHOUT ROWID, STRICT;
CREATE TABLE IF NOT EXISTS decisions (
  n INTEGER PRIMARY KEY, line TEXT NOT NULL
) STRICT;
`;

// Aggregates of an earlier program have other columns: they are removed, and filled again by `vaultctl ring rebuild`.
const VERSION = 1;
const REMOVED = ["slots", "machine_slots", "machine_blocks"].map((table) => `DROP TABLE IF EXISTS ${table};`).join(" ");

const versionOf = (database: DatabaseSync) => Number(database.prepare("PRAGMA user_version").get()?.["user_version"]);

/** The version of an existing database and that of this program. An empty file has none. Changes nothing. */
export function compareVersion(path: string): { readonly found: number | undefined; readonly own: number } {
  const database = new DatabaseSync(path, { readOnly: true });
  try {
    const isEmpty = database.prepare("SELECT count(*) AS n FROM sqlite_schema").get()?.["n"] === 0;
    return { found: isEmpty ? undefined : versionOf(database), own: VERSION };
  } finally {
    database.close();
  }
}

/**
 * Opens the database of a ring server, and creates it if it does not exist. Committed data survives a crash and a power
 * cut, because the write-ahead log is synced at every commit.
 */
export function openDatabase(path: string): DatabaseSync {
  const database = new DatabaseSync(path);
  database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 15000;");
  if (versionOf(database) < VERSION) database.exec(`${REMOVED} PRAGMA user_version = ${VERSION};`);
  database.exec(SCHEMA);
  return database;
}

// SQLite would choose the primary key, and read all other events between two states.
const OF_SESSION = "FROM events INDEXED BY states WHERE machine = ? AND session = ? AND kind = 'session'";
const STATES = `SELECT machine, ring, version, at, event ${OF_SESSION}`;

/** What is read of the stored states of one session. Each of them uses the index `states`, however long the session is. */
export const SESSION_QUERIES = {
  before: `${STATES} AND seq < ? ORDER BY seq DESC LIMIT 1`,
  after: `${STATES} AND seq > ? ORDER BY seq LIMIT 1`,
  version: `SELECT version ${OF_SESSION} ORDER BY seq LIMIT 1`,
} as const;

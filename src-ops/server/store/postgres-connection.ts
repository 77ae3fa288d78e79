import { Client, type ClientBase, type ClientConfig, Pool, types } from "pg";
import type { Milliseconds } from "../../../src-shared/units.ts";

// Nobody waits for a database for ever: a sender is better told to come again.
const CONNECT_MS: Milliseconds = 5_000;
const STATEMENT_MS: Milliseconds = 60_000;
const IDLE_IN_TRANSACTION_MS: Milliseconds = 30_000;
const CONNECTIONS = 8;

const INT8 = 20;

/** Keys of the advisory locks that this program takes, in the space of its own database. */
export const LOCKS = { schema: 7_201, events: 7_202, decisions: 7_203, leader: 7_204, enrolments: 7_205 } as const;

/** Sends one statement; named ones are prepared once for each connection. */
export type Query = <Row extends object>(text: string, values?: readonly unknown[], name?: string) => Promise<Row[]>;

/** Connections to one database. Whole numbers come as numbers: ours are all safe. */
export function createPool(url: string): Pool {
  const pool = new Pool({ ...configOf(url), max: CONNECTIONS, connectionTimeoutMillis: CONNECT_MS });
  // A connection that breaks is told to whoever asks through it; it is no reason to end the server. An idle one is replaced
  // by the next who needs one.
  pool.on("connect", (client) => client.on("error", () => {}));
  pool.on("error", () => {});
  return pool;
}

/** One connection of its own, for what belongs to a connection: a lock, and what others call. */
export function createClient(url: string): Client {
  return new Client({ ...configOf(url), connectionTimeoutMillis: CONNECT_MS });
}

function configOf(url: string): ClientConfig {
  return {
    connectionString: url,
    application_name: "ring-server",
    keepAlive: true,
    statement_timeout: STATEMENT_MS,
    query_timeout: STATEMENT_MS + CONNECT_MS,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
    types: {
      getTypeParser: (oid: number, format?: "text" | "binary") =>
        oid === INT8 ? Number : types.getTypeParser(oid, format),
    },
  };
}

export function queryOf(queryable: Pool | ClientBase): Query {
  return async <Row extends object>(text: string, values: readonly unknown[] = [], name?: string) => {
    const { rows } = await queryable.query({ text, values: [...values], ...(name ? { name } : {}) });
    return rows as Row[];
  };
}

/** Runs work that is kept as a whole or not at all, while no other process holds the same lock. */
export async function inTransaction<T>(
  pool: Pool,
  lock: keyof typeof LOCKS,
  work: (query: Query) => Promise<T>,
): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    // Whatever the database's own setting is: what we acknowledge is on its disk.
    await client.query(`BEGIN; SET LOCAL synchronous_commit = on; SELECT pg_advisory_xact_lock(${LOCKS[lock]})`);
    const result = await work(queryOf(client));
    await client.query("COMMIT");
    return result;
  } catch (error) {
    await client.query("ROLLBACK").catch((reason: unknown) => (broken = reason as Error));
    throw error;
  } finally {
    client.release(broken);
  }
}

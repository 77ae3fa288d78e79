import { Client, type ClientBase, type ClientConfig, Pool, types } from "pg";
import type { Milliseconds } from "../../../src-shared/units.ts";
import type { RunStatements, Statement } from "./statement.ts";

// Nobody waits for a database for ever: a sender is better told to come again.
const CONNECT_MS: Milliseconds = 5_000;
const STATEMENT_MS: Milliseconds = 60_000;
const IDLE_IN_TRANSACTION_MS: Milliseconds = 30_000;
const CONNECTIONS = 8;

const INT8 = 20;

/** Keys of the advisory locks that this program takes, in the space of its own database. */
export const LOCKS = { schema: 7_201, events: 7_202, leader: 7_204 } as const;

/** Sends one statement; named ones are prepared once for each connection. */
export type Query = <Row extends object>(text: string, values?: readonly unknown[], name?: string) => Promise<Row[]>;

/**
 * Connections to one database. Whole numbers come as numbers: ours are all safe. Whatever the database's own setting is,
 * what was committed is on its disk.
 */
export function createPool(url: string): Pool {
  // The pool waits for it (its types do not say so), and hands out no connection that refused it.
  const setUp = { onConnect: async (client: ClientBase) => void (await client.query("SET synchronous_commit = on")) };
  const pool = new Pool({ ...configOf(url), ...setUp, max: CONNECTIONS, connectionTimeoutMillis: CONNECT_MS });
  // Whoever uses a connection that breaks gets the error; it is no reason to end the server. An idle one is replaced when
  // the next is needed.
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

/** Runs statements of both databases in PostgreSQL. Their rows are locked in the order of the statements. */
export function postgresStatements(pool: Pool): RunStatements {
  return async <Row extends object>(...statements: readonly Statement[]) => {
    const [first, ...others] = statements;
    if (!first) return [];
    if (others.length === 0) return queryOf(pool)<Row>(...first);
    return inTransaction(pool, undefined, async (query) => {
      let rows = await query<Row>(...first);
      for (const statement of others) rows = await query<Row>(...statement);
      return rows;
    });
  };
}

/** Runs work that is kept as a whole or not at all, while no other process holds the same lock, if there is one. */
export async function inTransaction<T>(
  pool: Pool,
  lock: keyof typeof LOCKS | undefined,
  work: (query: Query) => Promise<T>,
): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query(lock ? `BEGIN; SELECT pg_advisory_xact_lock(${LOCKS[lock]})` : "BEGIN");
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

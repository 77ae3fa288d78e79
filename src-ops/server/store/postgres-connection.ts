import { Client, type ClientBase, type ClientConfig, Pool, types } from "pg";
import type { Milliseconds } from "../../../src-shared/units.ts";
import type { ReadArrays, RunStatements, Statement } from "./statement.ts";

// Waiting for the database has a limit: the sender is asked to try again instead.
const CONNECT_MS: Milliseconds = 5_000;
const STATEMENT_MS: Milliseconds = 60_000;
const IDLE_IN_TRANSACTION_MS: Milliseconds = 30_000;
const CONNECTIONS = 8;

const { INT8 } = types.builtins;

/** Keys of this program's advisory locks. PostgreSQL keeps them separate for each database. */
export const LOCKS = { schema: 7_201, events: 7_202, leader: 7_204 } as const;

/** Sends one statement. Named statements are prepared once for each connection. */
export type Query = <Row extends object>(text: string, values?: readonly unknown[], name?: string) => Promise<Row[]>;

/**
 * Creates a pool of connections to one database. `int8` values are read as numbers, because all of ours are safe integers.
 * Committed data is always on disk, whatever the database's own setting is.
 */
export function createPool(url: string): Pool {
  // The pool awaits this function (its types do not say so), and discards a connection for which it fails.
  const setUp = { onConnect: async (client: ClientBase) => void (await client.query("SET synchronous_commit = on")) };
  const pool = new Pool({ ...configOf(url), ...setUp, max: CONNECTIONS, connectionTimeoutMillis: CONNECT_MS });
  // The user of a connection that breaks gets the error, so it must not end the server here. A broken idle connection is
  // replaced when it is needed.
  pool.on("connect", (client) => client.on("error", () => {}));
  pool.on("error", () => {});
  return pool;
}

/** A separate connection, for what belongs to one connection: session locks and notifications. */
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
      getTypeParser: (oid, format) => (oid === INT8 ? Number : types.getTypeParser(oid, format)),
    },
  };
}

export function queryOf(queryable: Pool | ClientBase): Query {
  return async <Row extends object>(text: string, values: readonly unknown[] = [], name?: string) => {
    const { rows } = await queryable.query({ text, values: [...values], ...(name ? { name } : {}) });
    return rows as Row[];
  };
}

/** Runs the statements that both databases share in PostgreSQL. Their rows are locked in the order of the statements. */
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

/** As `ReadArrays` says, in PostgreSQL. */
export function postgresArrays(pool: Pool): ReadArrays {
  return async <Row extends readonly unknown[]>([text, values = []]: Statement) => {
    const { rows } = await pool.query({ text, values: [...values], rowMode: "array" });
    return rows as unknown as Row[];
  };
}

/** Runs work in one transaction; with a lock, only while no other process holds it. */
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

import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { ReadArrays, RunStatements, Statement } from "./statement.ts";

/** Runs the statements that both databases share in SQLite. Each text is prepared once. */
export function sqliteStatements(database: DatabaseSync): RunStatements {
  const prepare = preparedIn(database);

  function rowsOf([text, values = []]: Statement): unknown[] {
    return prepare(text).all(named(values));
  }

  // No `await` between the statements: otherwise another part of this process could run statements in this transaction.
  return async <Row extends object>(...statements: readonly Statement[]) => {
    if (statements.length === 1) return statements.flatMap(rowsOf) as Row[];
    return inTransaction(database, () => statements.map(rowsOf).at(-1) ?? []) as Row[];
  };
}

/** As `ReadArrays` says, in SQLite. Each text is prepared once. */
export function sqliteArrays(database: DatabaseSync): ReadArrays {
  const prepare = preparedIn(database);
  return async <Row extends readonly unknown[]>([text, values = []]: Statement) => {
    const statement = prepare(text);
    statement.setReturnArrays(true);
    return statement.all(named(values)) as unknown as Row[];
  };
}

function preparedIn(database: DatabaseSync): (text: string) => StatementSync {
  const prepared = new Map<string, StatementSync>();
  return (text) => {
    const statement = prepared.get(text) ?? database.prepare(text);
    prepared.set(text, statement);
    return statement;
  };
}

/** Runs statements within a transaction that is already open. */
export function runWithin(database: DatabaseSync, statements: readonly Statement[]): void {
  for (const [text, values = []] of statements) {
    database.prepare(text).run(named(values));
  }
}

/** SQLite treats `$1` as the name of a parameter. */
function named(values: NonNullable<Statement[1]>) {
  return Object.fromEntries(values.map((value, index) => [`$${index + 1}`, value]));
}

/** Runs work in one transaction. */
export function inTransaction<T>(database: DatabaseSync, work: () => T): T {
  database.exec("BEGIN IMMEDIATE");
  try {
    const result = work();
    database.exec("COMMIT");
    return result;
  } catch (error) {
    if (database.isTransaction) database.exec("ROLLBACK");
    throw error;
  }
}

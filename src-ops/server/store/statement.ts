/**
 * One statement of SQL that SQLite and PostgreSQL both understand, with its values: `$1` is the first. Columns in camel
 * case are quoted. A name lets PostgreSQL prepare it once for each connection.
 */
export type Statement = readonly [text: string, values?: readonly (string | number | null)[], name?: string];

/** Reads rows as arrays, in the order of the columns: for thousands of rows this takes half the time of objects. */
export type ReadArrays = <Row extends readonly unknown[]>(statement: Statement) => Promise<Row[]>;

/** Runs statements as one transaction. Resolves with the rows of the last statement. */
export type RunStatements = <Row extends object>(...statements: readonly Statement[]) => Promise<Row[]>;

/**
 * One statement of SQL that SQLite and PostgreSQL both understand, with its values: `$1` is the first. Columns in camel
 * case are quoted. A name lets PostgreSQL prepare it once for each connection.
 */
export type Statement = readonly [text: string, values?: readonly (string | number | null)[], name?: string];

/** Runs statements as one transaction. Resolves with the rows of the last statement. */
export type RunStatements = <Row extends object>(...statements: readonly Statement[]) => Promise<Row[]>;

const MOST = Number.MAX_SAFE_INTEGER;

/** Where the SQL of the two databases differs, expression by expression. */
export type Dialect = {
  /**
   * The sum of a column, limited to the largest integer that JavaScript represents exactly: false numbers from one computer
   * must not prevent the evaluation of the others.
   */
  readonly sumOf: (column: string) => string;
  /** The slots of computers, through the index of those with failed attempts: SQLite would read all of them. */
  readonly failingSlots: string;
  /** Members of events other than sessions: SQLite reads them from the JSON, PostgreSQL has columns for them. */
  readonly score: string;
  readonly step: string;
  /** The process and the reason of a crash, with a space between them. */
  readonly crash: string;
};

export const SQLITE: Dialect = {
  // Not `sum`: it fails if the result is too large, whereas `total` only becomes inexact.
  sumOf: (column) => `CAST(min(total(${column}), ${MOST}) AS INTEGER)`,
  failingSlots: "machine_slots INDEXED BY failing_slots",
  score: "event ->> '$.feedback.score'",
  step: "event ->> '$.update.step'",
  crash: "(event ->> '$.crash.process') || ' ' || (event ->> '$.crash.reason')",
};

export const POSTGRES: Dialect = {
  sumOf: (column) => `least(coalesce(sum(${column}), 0), ${MOST})::int8`,
  failingSlots: "machine_slots",
  score: "score",
  step: "what",
  crash: "what",
};

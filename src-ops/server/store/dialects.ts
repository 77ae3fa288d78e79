const MOST = Number.MAX_SAFE_INTEGER;

/** Where the SQL of the two databases differs, expression by expression. */
export type Dialect = {
  /**
   * The sum of a column, at most what JavaScript can hold exactly: one computer that lies must not keep the others from
   * being judged.
   */
  readonly sumOf: (column: string) => string;
  /** Bit masks that together have every bit of the column, separated by commas. */
  readonly allBitsOf: (column: string) => string;
  /** What is asked for of an event besides its sessions: SQLite reads its JSON, PostgreSQL has columns. */
  readonly what: string;
  readonly artefact: string;
  readonly score: string;
  readonly step: string;
};

export const SQLITE: Dialect = {
  // Not `sum`: it fails where the result is too large, `total` becomes inexact.
  sumOf: (column) => `CAST(min(total(${column}), ${MOST}) AS INTEGER)`,
  allBitsOf: (column) => `coalesce(group_concat(DISTINCT ${column}), '0')`,
  what: "event ->> '$.finding.what'",
  artefact: "event ->> '$.finding.artefact'",
  score: "event ->> '$.feedback.score'",
  step: "event ->> '$.update.step'",
};

export const POSTGRES: Dialect = {
  sumOf: (column) => `least(coalesce(sum(${column}), 0), ${MOST})::int8`,
  allBitsOf: (column) => `coalesce(bit_or(${column}), 0)::text`,
  what: "what",
  artefact: "artefact",
  score: "score",
  step: "what",
};

import type { Failure } from "../../failure.ts";

/** Why a database did not do what it was asked: nothing that a change of the request would mend. */
export type StorageProblem =
  | "STORAGE_FULL"
  | "STORAGE_READ_ONLY"
  | "STORAGE_BUSY"
  | "STORAGE_AWAY"
  | "STORAGE_REFUSED"
  | "STORAGE_DAMAGED";

// The low byte of SQLite's result codes.
const SQLITE: Readonly<Record<number, StorageProblem>> = {
  5: "STORAGE_BUSY",
  6: "STORAGE_BUSY",
  8: "STORAGE_READ_ONLY",
  10: "STORAGE_DAMAGED",
  11: "STORAGE_DAMAGED",
  13: "STORAGE_FULL",
  14: "STORAGE_AWAY",
  26: "STORAGE_DAMAGED",
};

// Beginnings of PostgreSQL's SQLSTATE, the longest first, and what the network says.
const POSTGRES: readonly (readonly [string, StorageProblem])[] = [
  ["53100", "STORAGE_FULL"],
  ["25006", "STORAGE_READ_ONLY"],
  ["57014", "STORAGE_BUSY"],
  ["53", "STORAGE_BUSY"],
  ["55P03", "STORAGE_BUSY"],
  ["40", "STORAGE_BUSY"],
  ["57P", "STORAGE_AWAY"],
  ["08", "STORAGE_AWAY"],
  ["28", "STORAGE_REFUSED"],
  ["3D000", "STORAGE_REFUSED"],
  ["42501", "STORAGE_REFUSED"],
  ["XX00", "STORAGE_DAMAGED"],
  ["58", "STORAGE_DAMAGED"],
];
const NETWORK = /^E(CONN|PIPE|TIMEDOUT|HOST|NET|NOTFOUND|AI_|NOENT|ACCES)/;
// The client library has no code for these.
const GONE = /^(Connection terminated|Client was closed|Query read timeout|timeout e?xpired|timeout exceeded)/i;

/** What kept a database from its work; `undefined`: it was no such thing, but a bug of ours. */
export function storageProblemOf(error: unknown): StorageProblem | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code, errcode } = error as { code?: unknown; errcode?: unknown };
  if (code === "ERR_SQLITE_ERROR" && typeof errcode === "number") return SQLITE[errcode & 0xff];
  if (typeof code !== "string") return GONE.test(error.message) ? "STORAGE_AWAY" : undefined;
  if (NETWORK.test(code)) return "STORAGE_AWAY";
  return POSTGRES.find(([beginning]) => code.startsWith(beginning))?.[1];
}

const SENTENCES: Readonly<Record<StorageProblem, string>> = {
  STORAGE_FULL: "the disk that it is on is full. Make room; nothing that was acknowledged is lost",
  STORAGE_READ_ONLY: "it may be read and not written. Give this program the right to write, or take the write lock off",
  STORAGE_BUSY: "it has too much to do. Try again",
  STORAGE_AWAY: "it cannot be reached. Start it, or mend its address",
  STORAGE_REFUSED: "it lets this program not in. See its user, its password (PGPASSFILE) and its rights",
  STORAGE_DAMAGED: "it is damaged. Bring the last backup back (docs/rings/backup-and-recovery.md)",
};

export const STORAGE_PROBLEMS = Object.keys(SENTENCES) as readonly StorageProblem[];

/** The same as a sentence for people; `undefined` for a bug. */
export function storageFailureOf(error: unknown): Failure | undefined {
  const code = storageProblemOf(error);
  return code && { code, message: `The ring server's database does not work: ${SENTENCES[code]}.` };
}

import type { Failure } from "../../failure.ts";

/** Problems of the database itself, independent of the request. */
export type StorageProblem =
  | "STORAGE_FULL"
  | "STORAGE_READ_ONLY"
  | "STORAGE_BUSY"
  | "STORAGE_AWAY"
  | "STORAGE_REFUSED"
  | "STORAGE_UNTRUSTED"
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

// Prefixes of PostgreSQL's SQLSTATE codes; a longer prefix stands before a shorter one.
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
// Node's codes for certificates that are not accepted, and for TLS that does not come about.
const TLS =
  /^(ERR_(TLS|SSL|OSSL)_|CERT_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|HOSTNAME_MISMATCH|INVALID_(CA|PURPOSE)$|EPROTO$)/;
const NO_TLS = /^The server does not support SSL connections/;
// Errors for which the client library has no code.
const GONE = /^(Connection terminated|Client was closed|Query read timeout|timeout e?xpired|timeout exceeded)/i;

/** The storage problem behind an error; `undefined`: the error is a bug. */
export function storageProblemOf(error: unknown): StorageProblem | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code, errcode } = error as { code?: unknown; errcode?: unknown };
  if (code === "ERR_SQLITE_ERROR" && typeof errcode === "number") return SQLITE[errcode & 0xff];
  if (NO_TLS.test(error.message)) return "STORAGE_UNTRUSTED";
  if (typeof code !== "string") return GONE.test(error.message) ? "STORAGE_AWAY" : undefined;
  if (NETWORK.test(code)) return "STORAGE_AWAY";
  if (TLS.test(code)) return "STORAGE_UNTRUSTED";
  return POSTGRES.find(([beginning]) => code.startsWith(beginning))?.[1];
}

const SENTENCES: Readonly<Record<StorageProblem, string>> = {
  STORAGE_FULL: "its disk is full. Free some space; nothing that was acknowledged is lost",
  STORAGE_READ_ONLY: "it is read-only. Give this program write permission, or remove the write lock",
  STORAGE_BUSY: "it is overloaded. Try again",
  STORAGE_AWAY: "it cannot be reached. Start it, or correct its address",
  STORAGE_REFUSED: "it refuses this program. Check the user, the password (PGPASSFILE) and the permissions",
  STORAGE_UNTRUSTED:
    "it did not prove with TLS that it is the one that its address names. Check its certificate, and sslrootcert in the address",
  STORAGE_DAMAGED: "it is damaged. Restore the last backup (docs/rings/backup-and-recovery.md)",
};

export const STORAGE_PROBLEMS = Object.keys(SENTENCES) as readonly StorageProblem[];

/** The same as a failure with a message for people; `undefined` for a bug. */
export function storageFailureOf(error: unknown): Failure | undefined {
  const code = storageProblemOf(error);
  return code && { code, message: `The ring server's database does not work: ${SENTENCES[code]}.` };
}

import { codeOf } from "../src-shared/node/atomic-files.ts";
import { err, type Result } from "../src-shared/result.ts";

/** Why a command failed: scripts read the code, people read the message that comes with it. */
export type FailureCode =
  | "USAGE"
  | "INTERNAL"
  | "INTERRUPTED"
  | "BUSY"
  | "LOCKED_ELSEWHERE"
  // errors of the file system
  | "NOT_FOUND"
  | "NOT_ALLOWED"
  | "DISK_FULL"
  | "FILE_TOO_LARGE"
  | "PACKAGE_CHANGED"
  | "READ_ONLY"
  | "FILE_SYSTEM"
  | "FILE_EXISTS"
  | "LINK_REFUSED"
  // keys and trust
  | "KEYS_EXIST"
  | "KEYS_MISSING"
  | "KEYS_BROKEN"
  | "KEYS_ON_STICK"
  | "KEYS_IN_CHECKOUT"
  | "KEYS_OUTDATED"
  | "KEYS_UNPROTECTED"
  | "FOLDER_FENCED"
  | "REGISTER_DIVERGED"
  | "BACKUP_BROKEN"
  | "BACKUP_MISSING"
  | "KEYCHAIN_MISSING"
  | "PASSWORD_MISSING"
  | "PASSWORD_UNFIT"
  | "PASSWORD_WRONG"
  | "PUBLIC_KEY_INVALID"
  | "VAULT_KEY_MISSING"
  | "NO_ANCHOR"
  | "BAD_TRUST_KEY"
  | "ANCHOR_ON_STICK"
  // the stick
  | "NO_VAULT"
  | "VAULT_EXISTS"
  | "VAULT_UNTRUSTED"
  | "VAULT_INCOMPLETE"
  | "VAULT_DAMAGED"
  | "VAULT_NEWER"
  | "NOT_A_STICK"
  | "ON_STICK"
  | "READ_BACK_FAILED"
  | "VAULT_TOO_LARGE"
  | "VIDEO_UNKNOWN"
  // sources
  | "SOURCE_UNREADABLE"
  | "SOURCE_CHANGED"
  | "FILMS_REFUSED"
  | "FFMPEG_MISSING"
  | "SOURCE_EMPTY"
  | "SOURCE_ENCRYPTED"
  | "SOURCE_INCOMPLETE"
  | "SOURCE_MALFORMED"
  | "SOURCE_UNPLAYABLE"
  | "SOURCE_UNSEEKABLE"
  | "NOT_A_VIDEO"
  | "NO_VIDEO_TRACK"
  | "CODEC_UNSUPPORTED"
  | "POSTER_UNSUPPORTED"
  | "WEBVTT_INVALID"
  | "TITLE_INVALID"
  | "PLAN_INVALID"
  | "PLAN_MISMATCH"
  // licenses
  | "REGISTER_BROKEN"
  | "REQUEST_INVALID"
  | "REQUEST_MISMATCH"
  | "REGISTER_INCOMPLETE"
  | "AUDIT_FAILED"
  | "LICENSE_UNKNOWN"
  | "LICENSE_AMBIGUOUS"
  | "LICENSE_REVOKED"
  | "LICENSE_ENDED"
  | "DEVICE_UNKNOWN"
  | "PASSPHRASE_INVALID"
  | "RETURN_INVALID"
  | "RETURN_MISSING"
  | "KEY_UNKNOWN"
  | "LICENSES_WOULD_END"
  | "REVOCATIONS_FULL"
  | "CSV_INVALID"
  | "LICENSE_UNREADABLE"
  | "CUSTOMER_UNKNOWN"
  | "CUSTOMERS_BROKEN"
  | "STICK_UNKNOWN"
  | "STICK_REPLACED"
  | "STICKS_BROKEN"
  | "STICKS_MISSING"
  | "STICK_AWAY"
  | "STICK_CURRENT"
  | "VIDEOS_ONLY_HERE"
  | "NOTHING_FOUND"
  | "OUTBOX_BROKEN"
  | "SMTP_INVALID"
  | "MAIL_FAILED"
  | "LICENSE_REFUSED"
  // the update feed
  | "FEED_EXISTS"
  | "FEED_MISSING"
  | "FEED_BROKEN"
  | "FEED_OUTDATED"
  | "FEED_UNTRUSTED"
  | "FEED_FILE_MISSING"
  | "PENDING_INVALID"
  | "PENDING_OUTDATED"
  | "PENDING_UNKNOWN"
  | "PENDING_CHANGED"
  | "SIGNERS_BROKEN"
  | "SIGNER_UNKNOWN"
  | "CHANGE_EXCEEDS_KIND"
  | "NOT_CONFIRMED"
  | "NOTHING_TO_SIGN"
  | "BUILD_FILE_UNKNOWN"
  | "BUILD_UNKNOWN"
  | "BUILD_EXISTS"
  | "BUILD_HALTED"
  | "BUILD_REVOKED"
  | "BUILD_BELOW_FLOOR"
  | "BUILD_OLDER"
  | "BUILD_ROLLED_BACK"
  | "BUILD_NEVER_OFFERED"
  | "RING_EMPTY"
  | "RING_NOT_VALIDATED"
  | "LICENSES_NEED_NEWER"
  | "COUNTER_FALLS"
  | "FLOOR_FALLS"
  | "HALT_UNKNOWN"
  | "HALT_AMBIGUOUS"
  | "HALT_DISPLACED"
  | "HALTS_FULL"
  | "VERDICT_INVALID"
  | "VERDICT_NOT_PASS"
  | "VERDICT_OLD"
  | "VERDICT_OTHER_POLICY"
  | "BUILD_RUNNING"
  | "CHECKLIST_MISSING"
  | "CHECKLIST_INVALID"
  | "CHECKLIST_INCOMPLETE"
  | "EVIDENCE_CHANGED"
  | "OBSERVATION_TOO_SHORT"
  | "STAGE_SKIPPED"
  | "PILOTS_INELIGIBLE"
  | "OUTSIDE_WINDOW"
  | "RING_TARGETS_EDITED"
  | "RING_TARGETS_INVALID"
  // ring control
  | "POLICY_INVALID"
  | "SCENARIO_INVALID"
  | "SCENARIO_UNKNOWN"
  | "METRICS_TOKEN_INVALID"
  | "TICKET_TOKEN_INVALID"
  | "RING_DATA_MISSING"
  | "DATABASE_URL_INVALID"
  | "DATABASE_NEWER"
  | "BACKUP_ELSEWHERE"
  | "STORAGE_FULL"
  | "STORAGE_READ_ONLY"
  | "STORAGE_BUSY"
  | "STORAGE_AWAY"
  | "STORAGE_REFUSED"
  | "STORAGE_UNTRUSTED"
  | "STORAGE_DAMAGED"
  | "TICKET_UNKNOWN"
  | "INCIDENT_UNKNOWN"
  | "ACCOUNT_UNKNOWN"
  | "CONFIGURATION_INVALID"
  | "BACKUP_NOT_PROVED"
  | "ALERTING_INVALID"
  | "ALERT_NOT_DELIVERED";

export type Failure = {
  readonly code: FailureCode;
  /** One line: what is wrong, with which file, and what to do about it. Never a key, never a video's content. */
  readonly message: string;
  /** More members for the JSON object that a failed command prints. */
  readonly details?: Readonly<Record<string, unknown>>;
};

export type Attempt<T> = Result<T, Failure>;

export function fail(code: FailureCode, message: string, details?: Readonly<Record<string, unknown>>) {
  return err<Failure>(details ? { code, message, details } : { code, message });
}

const FILE_SYSTEM_CODES: Readonly<Record<string, [FailureCode, string]>> = {
  ENOENT: ["NOT_FOUND", "There is no such file or folder"],
  ENOTDIR: ["NOT_FOUND", "A folder was expected, but there is a file"],
  EISDIR: ["FILE_SYSTEM", "A file was expected, but there is a folder"],
  EACCES: ["NOT_ALLOWED", "Access is not allowed; check the permissions"],
  EPERM: ["NOT_ALLOWED", "The operation is not allowed; check the permissions"],
  ENOSPC: ["DISK_FULL", "The disk is full; free some space or use a larger stick"],
  EDQUOT: ["DISK_FULL", "Your quota on this disk is used up; free some space"],
  EFBIG: [
    "FILE_SYSTEM",
    "The disk cannot hold a file of this size (FAT32: 4 GiB); write it to a disk with another file system",
  ],
  EROFS: ["READ_ONLY", "The disk is write-protected; unlock it or use another"],
  EEXIST: ["FILE_EXISTS", "The file is already there; move it away or choose another name"],
  EBUSY: ["FILE_SYSTEM", "Another program has the file open; close that program, or wait a moment, and try again"],
  ENAMETOOLONG: [
    "FILE_SYSTEM",
    "The name is too long for this disk; choose a shorter one, or a folder nearer to the root",
  ],
  ELOOP: ["LINK_REFUSED", "A link or a file is in the place of a folder; remove it, or use another stick"],
  // Thrown by makePrivateFolder.
  NOT_PRIVATE: [
    "KEYS_UNPROTECTED",
    "Other users of this computer could read the keys there; choose a folder on a drive with NTFS, or protect them with a password",
  ],
  EIO: ["FILE_SYSTEM", "The disk reports a read or write fault; try again with another stick"],
  ...Object.fromEntries(
    // UNKNOWN is libuv's code for most of what Windows says of a disk that is not ready.
    ["ENODEV", "ENXIO", "UNKNOWN"].map((code) => [
      code,
      ["NOT_FOUND", "The disk is not ready, or not there any more; plug it in again"],
    ]),
  ),
};

// Windows gives one code where the permissions do not allow something, and where another program has the file open.
const REFUSED_ON_WINDOWS: [FailureCode, string] = [
  "NOT_ALLOWED",
  "Windows refused: close other programs that use the file (a virus scanner, a backup), or check the permissions",
];

/** The result of the work, or the failure for what it throws: users never see a stack trace. */
export async function settle<T>(work: () => Promise<Attempt<T>>): Promise<Attempt<T>> {
  try {
    return await work();
  } catch (error) {
    return err(failureOf(error));
  }
}

/** Turns an error thrown by the file system, or by a bug, into a message without a stack trace. */
export function failureOf(error: unknown, platform: NodeJS.Platform = process.platform): Failure {
  const code = codeOf(error);
  if (error instanceof Error && error.name === "AbortError") {
    return { code: "INTERRUPTED", message: "Interrupted. Run the same command again to go on." };
  }
  if (code === "") {
    const what = error instanceof Error ? `${error.name}: ${error.message}` : "unknown";
    return { code: "INTERNAL", message: `This should not happen (${what.split("\n", 1).join("")}). Please report it.` };
  }
  const isRefused = platform === "win32" && (code === "EPERM" || code === "EACCES");
  const known = isRefused
    ? REFUSED_ON_WINDOWS
    : (FILE_SYSTEM_CODES[code] ?? ["FILE_SYSTEM", "The file system refused"]);
  return { code: known[0], message: `${known[1]}${pathSuffixOf(error)} (${code}).` };
}

function pathSuffixOf(error: unknown): string {
  return error instanceof Error && "path" in error && typeof error.path === "string" ? `: ${error.path}` : "";
}

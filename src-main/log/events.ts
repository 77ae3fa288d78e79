import type {
  CallName,
  GIVEN_PACK_CHANNEL,
  PackProblem,
  PlaybackFault,
  VAULT_PROBLEMS,
} from "../../src-shared/ipc/index.ts";
import type { JwsError } from "../../src-shared/jws/index.ts";
import type { LedgerRefusal, Witness } from "../../src-shared/ledger/index.ts";
import type { RefusalCode } from "../../src-shared/license/index.ts";
import type { ErrorKind, ErrorSource } from "../../src-shared/unexpected-error.ts";
import type { HoldReason, Move, UpdateProblem } from "../../src-shared/updates/index.ts";

/** SHA-256 (hex) of the refused file, if there is one. */
type Artefact = { readonly artefact?: string };

/** What the page or its preload script asks for. */
type Channel = CallName | typeof GIVEN_PACK_CHANNEL;

/**
 * Every event of the log and its fields: codes, ids and numbers; no prose, no paths, no keys. A new event needs a line
 * in docs/formats/logs.md and, if collectors are to count it, in `categoryOf`.
 */
export type LogEvents = {
  "app.started": { readonly version: string; readonly electron: string; readonly roots: number };
  /** An error that only a bug can cause. `frames`: the functions that it passed through; the message is left out. */
  "app.unexpected": {
    readonly source: ErrorSource;
    readonly kind: ErrorKind;
    readonly code: string;
    readonly frames: string;
    readonly call?: CallName;
  };
  /** A drive or folder that was refused as a vault. */
  "vault.refused": { readonly code: (typeof VAULT_PROBLEMS)[number] } & Artefact;
  "license.refused": { readonly code: RefusalCode };
  /** A content pack that was refused, or could not be written. */
  "pack.refused": { readonly code: PackProblem };
  /** A stick has the content of a pack. */
  "pack.written": { readonly gen: number };
  /** Old content could not be removed from a stick; the new content is complete. */
  "pack.not-swept": { readonly code: string };
  "playback.fault": { readonly video: string; readonly code: PlaybackFault };
  "history.not-written": { readonly code: string };
  "ledger.opened": { readonly state: "ready" | "fresh" | LedgerRefusal; readonly gen: number };
  /** A witness that was behind the others, missing or damaged, and was written again. */
  "ledger.repaired": { readonly witness: Witness; readonly gen: number };
  /** Keychain and file were restored to an older state; the copy on the stick had higher counters. */
  "ledger.raised-by-stick": { readonly gen: number };
  /** Started over after `STATE_LOST`, for a new activation. */
  "ledger.started-over": { readonly gen: number };
  "ledger.not-written": { readonly code: LedgerRefusal | "STATE_NOT_WRITTEN" };
  /** No copy was written to the stick: it is read-only, full or gone. */
  "ledger.no-copy": { readonly code: string };
  /** A newer list of keys, signed by the publisher's parent key, counts from now on. */
  "keys.taken": { readonly generation: number; readonly seq: number };
  /** A list of keys that was not signed by one of our parent keys, or whose content is not allowed. */
  "keys.refused": { readonly code: JwsError } & Artefact;
  "keys.not-kept": { readonly code: string };
  "revocations.not-kept": { readonly code: string };
  /** A revocation list that was not signed by one of our keys, or whose content is not allowed. */
  "revocations.refused": { readonly code: JwsError } & Artefact;
  /** A feed, or one of its files, that was refused. */
  "updates.refused": { readonly code: UpdateProblem } & Artefact;
  /** A valid feed that causes no change on this computer. */
  "updates.held": { readonly reason: HoldReason };
  /** Downloaded and verified; it is installed when the person agrees. */
  "updates.ready": { readonly version: string; readonly move: Move };
  /** The downloaded update was halted, revoked or replaced. */
  "updates.purged": { readonly version: string };
  "updates.installing": { readonly version: string; readonly move: Move };
  /** A request that did not come from the app's own page. */
  "ipc.sender-refused": { readonly call: Channel };
  "ipc.refused": { readonly call: Channel; readonly code: "BAD_REQUEST" | "INTERNAL" };
  /** Measurements could not be stored. */
  "telemetry.not-kept": { readonly code: string };
  /** Consent was withdrawn, and all measurements on this computer were removed. */
  "telemetry.purged": Readonly<Record<string, never>>;
  /** The server has forgotten this computer. */
  "telemetry.erased": Readonly<Record<string, never>>;
  /** A process of the app ended unexpectedly. */
  "process.gone": { readonly process: string; readonly reason: string };
  /** The file of this day has reached its limit: nothing more is written until tomorrow. */
  "log.full": { readonly bytes: number };
};

export type LogEventName = keyof LogEvents;
export type Log = <N extends LogEventName>(event: N, fields: LogEvents[N]) => void;

/** The phrases that log collectors count, exactly as they search for them. */
export const SIGNATURE_PHRASE = "Signature invalide";
export const ROLLBACK_PHRASE = "Anti-rollback";
export const ERROR_PHRASE = "ERROR";
/** Collectors ignore case, so no other line may contain one of them in any case. */
export const ANY_PHRASE = /error|signature invalide|anti-rollback/i;

/**
 * How an event counts for collectors (docs/formats/logs.md): `signature` and `rollback` are security refusals, `fault`
 * is a failed operation of the app. `undefined`: ordinary events, among them an expired license.
 */
export type EventCategory = "signature" | "rollback" | "fault";

export function categoryOf<N extends LogEventName>(event: N, fields: LogEvents[N]): EventCategory | undefined {
  const code = "code" in fields ? fields.code : undefined;
  switch (event) {
    case "license.refused":
      return refusalCategory(code as RefusalCode);
    case "vault.refused":
      return code === "UNTRUSTED" ? "signature" : code === "KEYS_LOST" ? "rollback" : undefined;
    case "pack.refused":
      return packCategory(code as PackProblem);
    case "keys.refused":
    case "revocations.refused":
      return code === "SIGNATURE_INVALID" ? "signature" : undefined;
    case "updates.refused":
      return updateCategory(code as UpdateProblem);
    case "playback.fault":
      return code === "REMOVED" ? undefined : "fault";
    case "app.unexpected":
    case "history.not-written":
    case "ledger.not-written":
    case "keys.not-kept":
    case "revocations.not-kept":
    case "ipc.sender-refused":
    case "ipc.refused":
    case "telemetry.not-kept":
    case "process.gone":
      return "fault";
    default:
      return undefined;
  }
}

function packCategory(code: PackProblem): EventCategory | undefined {
  switch (code) {
    case "PACK_UNTRUSTED":
    case "PACK_DAMAGED":
      return "signature";
    case "PACK_OLDER":
      return "rollback";
    case "PACK_HELD":
    case "PACK_NOT_WRITTEN":
      return "fault";
    default:
      return undefined;
  }
}

function updateCategory(code: UpdateProblem): EventCategory | undefined {
  switch (code) {
    case "SIGNATURE_INVALID":
    case "UNSOUND_KEYS":
    case "MISMATCH":
      return "signature";
    case "ROLLED_BACK":
    case "METADATA_REPLAYED":
    case "SECURITY_REPLAYED":
    case "RELEASE_REPLAYED":
    case "HALT_REPLAYED":
    case "STATE_LOST":
      return "rollback";
    case "CLOCK_NOT_HONOURED":
    case "STATE_NOT_WRITTEN":
    case "NOT_WRITTEN":
    case "DISK_FULL":
    case "NOT_INSTALLED":
      return "fault";
    default:
      return undefined;
  }
}

function refusalCategory(code: RefusalCode): EventCategory | undefined {
  switch (code) {
    case "SIGNATURE_INVALID":
      return "signature";
    // Counters were set back, or the records that contain them were removed.
    case "ROLLED_BACK":
    case "STATE_LOST":
      return "rollback";
    case "STATE_NOT_WRITTEN":
      return "fault";
    default:
      return undefined;
  }
}

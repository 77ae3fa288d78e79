/** Why a license is refused. A closed union: screens, logs and docs all use these codes. */
export const REFUSAL_CODES = [
  "MISSING",
  "MALFORMED",
  "KEY_UNKNOWN",
  "SIGNATURE_INVALID",
  "WRONG_PRODUCT",
  "APP_TOO_OLD",
  "REVOKED",
  "ROLLED_BACK",
  "CLOCK",
  "NOT_YET_VALID",
  "EXPIRED",
  "WRONG_STICK",
  "WRONG_DEVICE",
  "STORE_LOCKED",
  "STORE_NONE",
  "STATE_LOST",
  "STATE_NOT_WRITTEN",
  "PASSPHRASE_WRONG",
  "NOT_ENTITLED",
  "PLAY_WINDOW",
] as const;

export type RefusalCode = (typeof REFUSAL_CODES)[number];

/**
 * What was older than before when a license is `ROLLED_BACK`. Only `LICENSE` says something about the license itself; all
 * others can be caused with genuine files.
 */
export const ROLLBACK_CAUSES = [
  /** Its own counter, or another license with the same counter. */
  "LICENSE",
  /** This computer has given the license back. */
  "RETURNED",
  /** A license of a later epoch was used here. */
  "EPOCH",
  /** The revocation list at hand is older than the newest one seen, or there is none any more. */
  "REVOCATIONS",
  /** The stick holds an older manifest than it did before. */
  "STICK",
  /** The stick's manifest asks for newer licenses. */
  "STICK_FLOOR",
] as const;

export type RollbackCause = (typeof ROLLBACK_CAUSES)[number];

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

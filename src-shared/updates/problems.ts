import { NETWORK_ERRORS } from "../network.ts";
import { REPLAYS } from "./feed.ts";

/**
 * Why an update was not checked for, not downloaded or not installed. A closed union: screens, logs and docs use these
 * codes.
 */
export const UPDATE_PROBLEMS = [
  // Access to the feed.
  ...NETWORK_ERRORS,
  "NOT_FOUND",
  "TOO_LARGE",
  "TOO_SLOW",
  "UNSAFE_PATH",
  "CANCELLED",
  // Older than what was seen, for so short a time that a cache on the way may be the reason.
  "OLDER_COPY",
  // Content of the feed.
  "NO_ANCHOR",
  "EXPIRED",
  "ROLLED_BACK",
  "SIGNATURE_INVALID",
  "UNSOUND_KEYS",
  "MISMATCH",
  "MALFORMED",
  "WRONG_RING",
  "CLOCK_NOT_HONOURED",
  ...REPLAYS,
  // This computer.
  "STORE_LOCKED",
  "STORE_NONE",
  "STATE_LOST",
  "STATE_NOT_WRITTEN",
  "NOT_WRITTEN",
  "DISK_FULL",
  "NOT_INSTALLED",
  "INSTALLER_BUSY",
] as const;
export type UpdateProblem = (typeof UPDATE_PROBLEMS)[number];

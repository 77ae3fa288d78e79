import { KIB, MIB, type Bytes } from "./units.ts";

// Limits that two sides must agree on: who writes never makes what who reads would refuse or drop.

/** Armoured text that is dropped, pasted or read from a file. The largest token, a revocation list of 64 KiB, fits. */
export const MAX_ARMORED_CHARS = 80 * KIB;
export const MAX_PASSPHRASE_CHARS = 200;

export const MAX_ENTITLEMENTS = 200;
export const MAX_GRACE_DAYS = 366;

/** A poster or a subtitle file. The player reads each of them whole into memory. */
export const MAX_SIDECAR_BYTES: Bytes = 16 * MIB;
export const MAX_CHAPTERS = 1000;
/** A title of a video or of a chapter, or the label of a subtitle file. */
export const MAX_CATALOG_TEXT_CHARS = 500;

/** Why a release was halted, rolled back or resumed, as users read it. */
export const MAX_REASON_CHARS = 500;
/** What is new in a build, in one language. */
export const MAX_NOTES_CHARS = 8_000;
/** The builds that a rollback names as those to go back from. */
export const MAX_ROLLBACK_FROM = 100;
/** One metadata file of an update feed. */
export const MAX_FEED_METADATA_BYTES: Bytes = 4 * MIB;

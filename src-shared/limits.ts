import { KIB, MIB, type Bytes } from "./units.ts";

// Limits that two sides must agree on: a writer never produces what a reader would refuse or drop.

/** Armoured text that is dropped, pasted or read from a file. The largest token, a revocation list of 64 KiB, fits. */
export const MAX_ARMORED_CHARS = 80 * KIB;
export const MAX_PASSPHRASE_CHARS = 200;

export const MAX_ENTITLEMENTS = 200;
export const MAX_GRACE_DAYS = 366;

/** A poster or a subtitle file. The player reads each of them completely into memory. */
export const MAX_SIDECAR_BYTES: Bytes = 16 * MIB;
export const MAX_CHAPTERS = 1000;
/** The sound tracks of one video. */
export const MAX_SOUNDS = 32;
/** A title of a video or of a chapter, or the label of a subtitle file. */
export const MAX_CATALOG_TEXT_CHARS = 500;

/** What a publisher writes about a video or a section. */
export const MAX_DESCRIPTION_CHARS = 5_000;
/** The sections of one catalog. */
export const MAX_SECTIONS = 2_000;

/** The lists of a viewer in one vault, and the videos in one list or in the queue. */
export const MAX_PLAYLISTS = 100;
export const MAX_PLAYLIST_TITLES = 1_000;
export const MAX_PLAYLIST_NAME_CHARS = 60;
/** The bookmarks of a viewer in one vault. */
export const MAX_BOOKMARKS = 5_000;
export const MAX_NOTE_CHARS = 300;

/** Why a release was halted, rolled back or resumed, as users read it. */
export const MAX_REASON_CHARS = 500;
/** The release notes of a build, in one language. */
export const MAX_NOTES_CHARS = 8_000;
/** The builds from which a rollback leads back. */
export const MAX_ROLLBACK_FROM = 100;
/** The builds that are halted at the same time in one ring. All of them fit into a document, if need be without reasons. */
export const MAX_HALTS = 500;
/** The lifted halts that a ring's document names. */
export const MAX_RESUMED = 200;
/** One metadata file of an update feed. */
export const MAX_FEED_METADATA_BYTES: Bytes = 4 * MIB;

/** The pictures of one storyboard: a longer film has fewer of them for each minute. */
export const MAX_STORYBOARD_PICTURES = 1000;
/** The longer side of a picture of a storyboard. */
export const MAX_STORYBOARD_PICTURE_PX = 320;
/** The columns of one sheet, and its rows. A whole sheet takes at most 10 MB of memory. */
export const MAX_STORYBOARD_COLUMNS = 5;
export const MAX_STORYBOARD_SHEET_BYTES: Bytes = 2 * MIB;

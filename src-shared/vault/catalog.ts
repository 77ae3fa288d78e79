import * as v from "valibot";
import { RandomId } from "../ids.ts";
import { lineOfAtMost } from "./line.ts";
import { NonNegativeInteger } from "../integers.ts";
import { MAX_CATALOG_TEXT_CHARS } from "../limits.ts";
import { MAX_CHAPTERS } from "../limits.ts";
import { MAX_SOUNDS } from "../limits.ts";
import { POSTER_TYPES } from "./media-types.ts";
import { SUBTITLE_KINDS } from "../subtitle-kinds.ts";
import { VIDEO_TYPES } from "./media-types.ts";

const Size = NonNegativeInteger;
const MediaTime = v.pipe(v.number(), v.finite(), v.minValue(0));
const Text = lineOfAtMost(MAX_CATALOG_TEXT_CHARS);

/** One encrypted file: its id (the folder under `data/`), its clear length and its wrapped key. */
export const FileRef = v.object({ id: RandomId, bytes: Size, key: v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{80}$/)) });
export type FileRef = v.InferOutput<typeof FileRef>;

/** `isDefault`: the one that is heard until the viewer chooses. */
const SoundTrack = v.object({ language: lineOfAtMost(35), label: Text, isDefault: v.boolean() });

export const CatalogVideo = v.object({
  id: RandomId,
  title: Text,
  durationSeconds: MediaTime,
  width: Size,
  height: Size,
  type: v.picklist(VIDEO_TYPES),
  /** As in RFC 6381: `avc1.64001f`, `vp09.00.10.08`, ... */
  codecs: v.array(lineOfAtMost(100)),
  added: Size,
  file: FileRef,
  poster: v.optional(v.object({ ...FileRef.entries, type: v.picklist(POSTER_TYPES) })),
  /** `language` is a BCP 47 tag, `und` where unknown. */
  subtitles: v.array(
    v.object({
      ...FileRef.entries,
      language: lineOfAtMost(35),
      label: Text,
      /** Absent: the whole dialogue. A kind that a newer publisher writes counts as that too. */
      kind: v.optional(v.fallback(v.optional(v.picklist(SUBTITLE_KINDS)), undefined)),
    }),
  ),
  /** The sound tracks that play, in the order of the file, if there are several. */
  sounds: v.optional(v.pipe(v.array(SoundTrack), v.maxLength(MAX_SOUNDS))),
  chapters: v.pipe(v.array(v.object({ startSeconds: MediaTime, title: Text })), v.maxLength(MAX_CHAPTERS)),
});
export type CatalogVideo = v.InferOutput<typeof CatalogVideo>;

/** The encrypted half of a manifest. It is authentic: the signed half contains its hash. */
export const Catalog = v.object({ v: v.literal(1), videos: v.array(CatalogVideo) });
export type Catalog = v.InferOutput<typeof Catalog>;

import * as v from "valibot";
import { RandomId } from "../ids.ts";
import { lineUpTo } from "./line.ts";
import { NonNegativeInteger } from "../integers.ts";
import { MAX_CATALOG_TEXT_CHARS } from "../limits.ts";
import { MAX_CHAPTERS } from "../limits.ts";
import { POSTER_TYPES } from "./media-types.ts";
import { VIDEO_TYPES } from "./media-types.ts";

const Size = NonNegativeInteger;
const Moment = v.pipe(v.number(), v.finite(), v.minValue(0));
const Text = lineUpTo(MAX_CATALOG_TEXT_CHARS);

/** One encrypted file: its id (the folder under `data/`), its clear length and its wrapped key. */
export const FileRef = v.object({ id: RandomId, bytes: Size, key: v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{80}$/)) });
export type FileRef = v.InferOutput<typeof FileRef>;

export const CatalogVideo = v.object({
  id: RandomId,
  title: Text,
  durationSeconds: Moment,
  width: Size,
  height: Size,
  type: v.picklist(VIDEO_TYPES),
  /** As in RFC 6381: `avc1.64001f`, `vp09.00.10.08`, ... */
  codecs: v.array(lineUpTo(100)),
  added: Size,
  file: FileRef,
  poster: v.optional(v.object({ ...FileRef.entries, type: v.picklist(POSTER_TYPES) })),
  /** `language` is a BCP 47 tag, `und` where unknown. */
  subtitles: v.array(v.object({ ...FileRef.entries, language: lineUpTo(35), label: Text })),
  chapters: v.pipe(v.array(v.object({ startSeconds: Moment, title: Text })), v.maxLength(MAX_CHAPTERS)),
});
export type CatalogVideo = v.InferOutput<typeof CatalogVideo>;

/** The encrypted half of a manifest. It is authentic: the signed half contains its hash. */
export const Catalog = v.object({ v: v.literal(1), videos: v.array(CatalogVideo) });
export type Catalog = v.InferOutput<typeof Catalog>;

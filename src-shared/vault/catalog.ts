import * as v from "valibot";
import { RandomId } from "../ids.ts";
import { lineUpTo } from "./line.ts";

const Size = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const Moment = v.pipe(v.number(), v.finite(), v.minValue(0));
const Text = lineUpTo(500);

/** One encrypted file: its id (the folder under `data/`), its clear length and its wrapped key. */
export const FileRef = v.object({ id: RandomId, bytes: Size, key: v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{80}$/)) });
export type FileRef = v.InferOutput<typeof FileRef>;

/** The media types that Chromium plays from us; a reader hands out no other type. */
export const VIDEO_TYPES = ["video/mp4", "video/webm", "video/quicktime", "video/x-matroska"] as const;
export const POSTER_TYPES = ["image/jpeg", "image/png", "image/webp", "image/svg+xml"] as const;

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
  /** WebVTT. `language` is a BCP 47 tag, `und` where unknown. */
  subtitles: v.array(v.object({ ...FileRef.entries, language: lineUpTo(35), label: Text })),
  chapters: v.pipe(v.array(v.object({ startSeconds: Moment, title: Text })), v.maxLength(1000)),
});
export type CatalogVideo = v.InferOutput<typeof CatalogVideo>;

/** The encrypted half of a manifest. It is authentic: the signed half holds its hash. */
export const Catalog = v.object({ v: v.literal(1), videos: v.array(CatalogVideo) });
export type Catalog = v.InferOutput<typeof Catalog>;

import * as v from "valibot";
import { RandomId } from "../ids.ts";
import { lineOfAtMost, textOfAtMost } from "./line.ts";
import { NonNegativeInteger, PositiveInteger } from "../integers.ts";
import {
  MAX_CATALOG_TEXT_CHARS,
  MAX_CHAPTERS,
  MAX_DESCRIPTION_CHARS,
  MAX_SECTIONS,
  MAX_SOUNDS,
  MAX_STORYBOARD_SHEET_BYTES,
} from "../limits.ts";
import { err, ok, type Result } from "../result.ts";
import { isUnprotected, Protection, UNPROTECTED } from "../protection.ts";
import { sheetsIn, StoryboardLayout } from "../storyboard.ts";
import { POSTER_TYPES } from "./media-types.ts";
import { SUBTITLE_KINDS } from "../subtitle-kinds.ts";
import { VIDEO_TYPES } from "./media-types.ts";

const Size = NonNegativeInteger;
const MediaTime = v.pipe(v.number(), v.finite(), v.minValue(0));
const Text = lineOfAtMost(MAX_CATALOG_TEXT_CHARS);

/** One encrypted file: its id (the folder under `data/`), its clear length and its wrapped key. */
export const FileRef = v.object({ id: RandomId, bytes: Size, key: v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{80}$/)) });
export type FileRef = v.InferOutput<typeof FileRef>;

const SheetBytes = v.pipe(PositiveInteger, v.maxValue(MAX_STORYBOARD_SHEET_BYTES));

/** Small pictures of the video for the preview on the seek bar: JPEGs in one file, one after another, with their lengths. */
const Storyboard = v.pipe(
  v.object({ ...StoryboardLayout.entries, ...FileRef.entries, sheets: v.array(SheetBytes) }),
  v.check(({ sheets, bytes, ...layout }) => {
    return sheets.length === sheetsIn(layout) && sheets.reduce((sum, sheet) => sum + sheet, 0) === bytes;
  }),
);

/** `isDefault`: the one that is heard until the viewer chooses. */
const SoundTrack = v.object({ language: lineOfAtMost(35), label: Text, isDefault: v.boolean() });

/** A video as in the first version of the catalog. */
const PlainVideo = v.object({
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
  /** One that is not as this version knows it counts as absent: a preview is never worth the whole catalog. */
  storyboard: v.optional(v.fallback(v.optional(Storyboard), undefined)),
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
const Description = v.exactOptional(textOfAtMost(MAX_DESCRIPTION_CHARS));

/** A group of videos with a heading, such as the lessons of one subject. */
export const Section = v.object({ title: Text, description: Description });
export type Section = v.InferOutput<typeof Section>;

export const CatalogVideo = v.object({
  ...PlainVideo.entries,
  description: Description,
  /** The place of its section in the list of sections; absent: it belongs to none. */
  section: v.exactOptional(NonNegativeInteger),
});
export type CatalogVideo = v.InferOutput<typeof CatalogVideo>;

const Sections = v.pipe(v.array(Section), v.maxLength(MAX_SECTIONS));

/** The publisher wants no title shown outside of the app. It is absent, or true. */
const HidesTitles = v.exactOptional(v.boolean(), false);

/**
 * The encrypted half of a manifest. It is authentic: the signed half contains its hash. The videos are in the order of the
 * publisher. The second version has sections and descriptions, the third also the protection of the picture; each is
 * written only where it is needed, so that older apps open everything else.
 */
const Catalog = v.variant("v", [
  v.object({ v: v.literal(1), hidesTitles: HidesTitles, videos: v.array(PlainVideo) }),
  v.pipe(
    v.object({ v: v.literal(2), hidesTitles: HidesTitles, sections: Sections, videos: v.array(CatalogVideo) }),
    v.check(({ sections, videos }) => areInSections(sections, videos)),
  ),
  v.pipe(
    v.object({
      v: v.literal(3),
      hidesTitles: HidesTitles,
      protection: Protection,
      sections: Sections,
      videos: v.array(CatalogVideo),
    }),
    v.check(({ sections, videos }) => areInSections(sections, videos)),
  ),
]);
const NEWEST_VERSION = 3;

function areInSections(sections: readonly Section[], videos: readonly CatalogVideo[]): boolean {
  return videos.every(({ section = -1 }) => section < sections.length);
}

export type Catalog = {
  readonly protection: Protection;
  /** No title is shown outside of the app, such as in the media panel of the system. */
  readonly hidesTitles: boolean;
  readonly sections: readonly Section[];
  readonly videos: readonly CatalogVideo[];
};

const Versioned = v.object({ v: v.pipe(NonNegativeInteger, v.minValue(NEWEST_VERSION + 1)) });

/** `NEWER`: it was written for a later version of this program. */
export function parseCatalog(json: unknown): Result<Catalog, "NEWER" | "DAMAGED"> {
  if (v.is(Versioned, json)) return err("NEWER");
  const parsed = v.safeParse(Catalog, json);
  if (!parsed.success) return err("DAMAGED");
  const catalog = parsed.output;
  const { hidesTitles, videos } = catalog;
  const protection = catalog.v === 3 ? catalog.protection : UNPROTECTED;
  return ok({ protection, hidesTitles, sections: catalog.v === 1 ? [] : catalog.sections, videos });
}

/** A catalog as it is written: in the first version that can express it. */
export function formatCatalog({ protection, hidesTitles, sections, videos }: Catalog): string {
  const isPlain = sections.length === 0 && videos.every(({ description }) => description === undefined);
  // Older apps ignore it, and show titles nowhere else.
  const hidden = hidesTitles ? { hidesTitles } : {};
  if (!isUnprotected(protection)) return JSON.stringify({ v: 3, ...hidden, protection, sections, videos });
  return JSON.stringify(isPlain ? { v: 1, ...hidden, videos } : { v: 2, ...hidden, sections, videos });
}

import * as v from "valibot";
import { codePointsOf, safeLine } from "./encoding/line.ts";
import { parseStrictJson } from "./encoding/strict-json.ts";
import { RandomId } from "./ids.ts";
import { PositiveInteger } from "./integers.ts";
import {
  MAX_BOOKMARKS,
  MAX_NOTE_CHARS,
  MAX_PLAYLIST_NAME_CHARS,
  MAX_PLAYLISTS,
  MAX_PLAYLIST_TITLES,
} from "./limits.ts";
import { SUBTITLE_KINDS } from "./subtitle-kinds.ts";
import type { Bytes } from "./units.ts";
import { MIB } from "./units.ts";

// What a viewer has chosen and collected in one vault. It names videos by their ids alone: a title never leaves the stick.

export const REPEATS = ["off", "one", "all"] as const;
export type Repeat = (typeof REPEATS)[number];

const Language = v.pipe(v.string(), v.maxLength(35));

/** Subtitles by language and kind, so that the next video shows the same ones; they stay known while they are off. */
const SubtitleChoice = v.object({
  shown: v.boolean(),
  language: Language,
  kind: v.nullable(v.picklist(SUBTITLE_KINDS)),
});
export type SubtitleChoice = v.InferOutput<typeof SubtitleChoice>;

const VideoIds = v.pipe(
  v.array(RandomId),
  v.maxLength(MAX_PLAYLIST_TITLES),
  v.check((ids) => isWithoutRepetition(ids)),
  v.readonly(),
);

function lineOfViewer(maxCodePoints: number) {
  return v.pipe(
    v.string(),
    v.check((text) => codePointsOf(text) <= maxCodePoints),
    v.transform(safeLine),
  );
}

/** A list that the viewer has named. Videos that are gone from the stick stay in it. */
export const Playlist = v.object({
  /** Never used again after the list is deleted. */
  id: PositiveInteger,
  name: v.pipe(lineOfViewer(MAX_PLAYLIST_NAME_CHARS), v.minLength(1)),
  videoIds: VideoIds,
});
export type Playlist = v.InferOutput<typeof Playlist>;

/** A place in a video, with the viewer's own words; these may be empty. */
export const Bookmark = v.object({
  videoId: RandomId,
  seconds: v.pipe(v.number(), v.finite(), v.minValue(0)),
  note: lineOfViewer(MAX_NOTE_CHARS),
});
export type Bookmark = v.InferOutput<typeof Bookmark>;

const Playlists = v.pipe(
  v.array(Playlist),
  v.maxLength(MAX_PLAYLISTS),
  v.check((lists) => isWithoutRepetition(lists.map(({ id }) => id))),
  v.readonly(),
);

export const Viewing = v.object({
  speed: v.pipe(v.number(), v.minValue(0.25), v.maxValue(4)),
  volume: v.pipe(v.number(), v.minValue(0), v.maxValue(1)),
  muted: v.boolean(),
  /** Empty: the language of the app. */
  soundLanguage: Language,
  /** `null`: never chosen. */
  subtitles: v.nullable(SubtitleChoice),
  repeat: v.picklist(REPEATS),
  shuffle: v.boolean(),
  queue: VideoIds,
  playlists: Playlists,
  bookmarks: v.pipe(v.array(Bookmark), v.maxLength(MAX_BOOKMARKS), v.readonly()),
});
export type Viewing = v.InferOutput<typeof Viewing>;

const { entries } = Viewing;

/** Some of its members, as they are kept and as they are changed: an absent one was never chosen, or does not change. */
export const ViewingChange = v.object({
  speed: v.exactOptional(entries.speed),
  volume: v.exactOptional(entries.volume),
  muted: v.exactOptional(entries.muted),
  soundLanguage: v.exactOptional(entries.soundLanguage),
  subtitles: v.exactOptional(entries.subtitles),
  repeat: v.exactOptional(entries.repeat),
  shuffle: v.exactOptional(entries.shuffle),
  queue: v.exactOptional(entries.queue),
  playlists: v.exactOptional(entries.playlists),
  bookmarks: v.exactOptional(entries.bookmarks),
});
export type ViewingChange = v.InferOutput<typeof ViewingChange>;

export const DEFAULT_VIEWING: Viewing = {
  speed: 1,
  volume: 1,
  muted: false,
  soundLanguage: "",
  subtitles: null,
  repeat: "off",
  shuffle: false,
  queue: [],
  playlists: [],
  bookmarks: [],
};

/** All lists at their limits need less. */
export const MAX_VIEWING_BYTES: Bytes = 16 * MIB;

/** What was kept of a vault, as `formatViewing` writes it; `undefined`: it is not that. */
export function parseViewing(bytes: Uint8Array): ViewingChange | undefined {
  const json = parseStrictJson(bytes);
  const kept = v.safeParse(ViewingChange, json.ok ? json.value : undefined);
  return kept.success ? kept.output : undefined;
}

export function formatViewing(kept: ViewingChange): string {
  return JSON.stringify(kept);
}

function isWithoutRepetition(values: readonly unknown[]): boolean {
  return new Set(values).size === values.length;
}

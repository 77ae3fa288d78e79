import * as v from "valibot";
import { describe, expect, it } from "vitest";
import { utf8 } from "../../src-shared/encoding/text.ts";
import {
  MAX_BOOKMARKS,
  MAX_NOTE_CHARS,
  MAX_PLAYLIST_NAME_CHARS,
  MAX_PLAYLISTS,
  MAX_PLAYLIST_TITLES,
} from "../../src-shared/limits.ts";
import {
  DEFAULT_VIEWING,
  formatViewing,
  MAX_VIEWING_BYTES,
  parseViewing,
  Viewing,
  type ViewingChange,
} from "../../src-shared/viewing.ts";
import { testId } from "../fakes/test-keys.ts";

const id = testId("film");
const list = (part: object) => ({ playlists: [{ id: 1, name: "A", videoIds: [id], ...part }] });

it("begins with values that are valid themselves", () => {
  expect(v.parse(Viewing, DEFAULT_VIEWING)).toEqual(DEFAULT_VIEWING);
});

describe("what a viewer keeps", () => {
  it.each<[string, object]>([
    ["a speed that no button has, within reason", { speed: 1.1 }],
    ["a list without videos", list({ videoIds: [] })],
    ["a name in any script, of 60 code points", list({ name: "🎬".repeat(MAX_PLAYLIST_NAME_CHARS) })],
    ["a bookmark without a word", { bookmarks: [{ videoId: id, seconds: 0, note: "" }] }],
  ])("may be %s", (_name, change) => {
    expect(parseViewing(utf8(JSON.stringify(change)))).toEqual(change);
  });

  it.each<[string, object]>([
    ["a speed of 0", { speed: 0 }],
    ["a name that is too long", list({ name: "a".repeat(MAX_PLAYLIST_NAME_CHARS + 1) })],
    ["a list without a name", list({ name: "" })],
    ["a video twice in one list", list({ videoIds: [id, id] })],
    ["two lists of one number", { playlists: [list({}).playlists[0], list({}).playlists[0]] }],
    ["a video that is no identifier", { queue: ["../../etc/passwd"] }],
    ["a bookmark before the beginning", { bookmarks: [{ videoId: id, seconds: -1, note: "" }] }],
    ["a note that is too long", { bookmarks: [{ videoId: id, seconds: 1, note: "a".repeat(MAX_NOTE_CHARS + 1) }] }],
    [
      "more lists than allowed",
      { playlists: Array.from({ length: MAX_PLAYLISTS + 1 }, (_, n) => ({ ...list({}).playlists[0], id: n + 1 })) },
    ],
    ["a kind of subtitles that there is not", { subtitles: { shown: true, language: "en", kind: "karaoke" } }],
  ])("is never %s", (_name, change) => {
    expect(parseViewing(utf8(JSON.stringify(change)))).toBeUndefined();
  });

  it("shows no character that breaks a line or turns its direction", () => {
    expect(parseViewing(utf8(JSON.stringify(list({ name: "a\u202eb\nc" }))))?.playlists?.[0]?.name).toBe(
      "a\ufffdb\ufffdc",
    );
  });

  it("fits into its file at every limit", () => {
    const ids = Array.from({ length: MAX_PLAYLIST_TITLES }, (_, index) => testId(`t${index}`));
    const name = "🎬".repeat(MAX_PLAYLIST_NAME_CHARS);
    const full: ViewingChange = {
      ...DEFAULT_VIEWING,
      queue: ids,
      playlists: Array.from({ length: MAX_PLAYLISTS }, (_, index) => ({ id: index + 1, name, videoIds: ids })),
      bookmarks: Array.from({ length: MAX_BOOKMARKS }, () => ({
        videoId: ids[0]!,
        seconds: 86_399.123_456_789,
        note: "🎬".repeat(MAX_NOTE_CHARS),
      })),
    };
    const bytes = utf8(formatViewing(full));
    expect(bytes.length).toBeLessThan(MAX_VIEWING_BYTES);
    expect(parseViewing(bytes)).toEqual(full);
  });
});

import { codePointsOf, safeLine } from "../../../src-shared/encoding/line.ts";
import { MAX_PLAYLIST_NAME_CHARS } from "../../../src-shared/limits.ts";
import type { Playlist } from "../../../src-shared/viewing.ts";

type Playlists = readonly Playlist[];

/** A name as it is kept: one line without white space around it, no longer than allowed; empty if nothing is left. */
export function playlistName(typed: string): string {
  const line = safeLine(typed.replaceAll(/\s+/g, " ").trim());
  return codePointsOf(line) <= MAX_PLAYLIST_NAME_CHARS
    ? line
    : Array.from(line).slice(0, MAX_PLAYLIST_NAME_CHARS).join("").trim();
}

/** A new list at the end, and its number: one that no list of this vault has. */
export function withPlaylist(
  lists: Playlists,
  name: string,
  videoIds: readonly string[],
): { lists: Playlists; id: number } {
  const id = Math.max(0, ...lists.map((list) => list.id)) + 1;
  return { lists: [...lists, { id, name, videoIds }], id };
}

export function changePlaylist(lists: Playlists, id: number, change: (list: Playlist) => Partial<Playlist>): Playlists {
  return lists.map((list) => (list.id === id ? { ...list, ...change(list) } : list));
}

export function withoutPlaylist(lists: Playlists, id: number): Playlists {
  return lists.filter((list) => list.id !== id);
}

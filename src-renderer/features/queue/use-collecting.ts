import type { CatalogItem } from "../../../src-shared/ipc/index.ts";
import { MAX_PLAYLISTS, MAX_PLAYLIST_TITLES } from "../../../src-shared/limits.ts";
import type { Playlist } from "../../../src-shared/viewing.ts";
import { useViewing } from "../../bridge/index.tsx";
import { useI18n } from "../../i18n/index.ts";
import { withFirst, withLast, without } from "./list-edits.ts";
import { changePlaylist, withPlaylist } from "./playlist-edits.ts";

type Video = Pick<CatalogItem, "id" | "title">;

export type Collecting = {
  readonly lists: readonly Playlist[];
  readonly isQueued: (video: Video) => boolean;
  readonly playNext: (video: Video) => void;
  /** Puts it at the end of the queue, or takes it out. */
  readonly toggleQueued: (video: Video) => void;
  readonly addToList: (video: Video, listId: number) => void;
  readonly addToNewList: (video: Video, name: string) => void;
};

/** The ways to put a video into the queue or a list; `say` is told what was done. */
export function useCollecting(say: (text: string) => void): Collecting {
  const { viewing, change } = useViewing();
  const { queue: texts } = useI18n().messages;

  function putInQueue(ids: readonly string[], text: string): void {
    if (ids.length > MAX_PLAYLIST_TITLES) return say(texts.full);
    change({ queue: ids });
    say(text);
  }

  return {
    lists: viewing.playlists,
    isQueued: ({ id }) => viewing.queue.includes(id),
    playNext: ({ id, title }) => putInQueue(withFirst(viewing.queue, id), texts.addedNext(title)),
    toggleQueued({ id, title }) {
      if (viewing.queue.includes(id)) putInQueue(without(viewing.queue, id), texts.removed(title));
      else putInQueue(withLast(viewing.queue, id), texts.added(title));
    },
    addToList({ id, title }, listId) {
      const list = viewing.playlists.find((one) => one.id === listId);
      if (list === undefined) return;
      const videoIds = withLast(list.videoIds, id);
      if (videoIds.length > MAX_PLAYLIST_TITLES) return say(texts.full);
      change({ playlists: changePlaylist(viewing.playlists, listId, () => ({ videoIds })) });
      say(texts.addedTo(title, list.name));
    },
    addToNewList({ id, title }, name) {
      if (viewing.playlists.length >= MAX_PLAYLISTS) return say(texts.tooMany);
      change({ playlists: withPlaylist(viewing.playlists, name, [id]).lists });
      say(texts.addedTo(title, name));
    },
  };
}

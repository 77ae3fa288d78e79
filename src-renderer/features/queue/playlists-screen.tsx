import { ArrowLeft, Pencil, Play, Plus, Trash2 } from "lucide-react";
import { type ReactNode, useMemo, useState } from "react";
import type { CatalogView } from "../../../src-shared/ipc/index.ts";
import { MAX_PLAYLISTS } from "../../../src-shared/limits.ts";
import type { Playlist } from "../../../src-shared/viewing.ts";
import { useViewing } from "../../bridge/index.tsx";
import { useI18n } from "../../i18n/index.ts";
import { Button, Page, Reason, useKey } from "../../ui/index.ts";
import { moved, withBack, without } from "./list-edits.ts";
import { NameDialog } from "./name-dialog.tsx";
import { changePlaylist, withoutPlaylist, withPlaylist } from "./playlist-edits.ts";
import styles from "./playlists.module.css";
import { SortableList } from "./sortable-list.tsx";
import { useUndo } from "./use-undo.tsx";

type PlaylistsScreenProps = {
  items: CatalogView["items"];
  /** The list that was open before. */
  startId: number | null;
  onOpenList: (listId: number) => void;
  onPlay: (videoId: string, listId: number) => void;
  onLeave: () => void;
};

/** The lists that the viewer has made of the videos of this vault. */
export function PlaylistsScreen({ items, startId, onOpenList, onPlay, onLeave }: PlaylistsScreenProps): ReactNode {
  const { messages } = useI18n();
  const texts = messages.queue;
  const { viewing, change, problem } = useViewing();
  const [openId, setOpenId] = useState(startId);
  const [naming, setNaming] = useState<"new" | "rename" | null>(null);
  const { bar, offer } = useUndo();
  useKey("Escape", onLeave);
  const lists = viewing.playlists;
  const list = lists.find(({ id }) => id === openId) ?? lists[0];

  function open(id: number): void {
    setOpenId(id);
    onOpenList(id);
  }

  function create(name: string): void {
    const made = withPlaylist(lists, name, []);
    change({ playlists: made.lists });
    open(made.id);
  }

  function remove(gone: Playlist): void {
    const place = lists.indexOf(gone);
    const putBack = (now: readonly Playlist[]) =>
      now.some(({ id }) => id === gone.id) ? now : now.toSpliced(place, 0, gone);
    offer({
      text: texts.deleted(gone.name),
      undo: () => change(({ playlists }) => ({ playlists: putBack(playlists) })),
    });
    change({ playlists: withoutPlaylist(lists, gone.id) });
  }

  return (
    <Page
      screen="lists"
      start={
        <Button look="quiet" icon={<ArrowLeft aria-hidden />} onPress={onLeave} autoFocus>
          {messages.app.back}
        </Button>
      }
    >
      <div className={styles["page"]}>
        <h1 className={styles["heading"]}>{texts.lists}</h1>
        {problem !== null && <Reason code={problem} />}
        <div className={styles["columns"]}>
          <nav className={styles["lists"]} aria-label={texts.lists}>
            {lists.map(({ id, name }) => (
              <button
                key={id}
                type="button"
                className={styles["entry"]}
                aria-current={id === list?.id ? "true" : undefined}
                onClick={() => open(id)}
              >
                {name}
              </button>
            ))}
            <Button
              icon={<Plus aria-hidden />}
              isDisabled={lists.length >= MAX_PLAYLISTS}
              onPress={() => setNaming("new")}
            >
              {texts.newList}
            </Button>
          </nav>
          {list === undefined ? (
            <p className={styles["quiet"]}>{texts.noLists}</p>
          ) : (
            <section className={styles["list"]} aria-labelledby="list-name">
              <h2 id="list-name" className={styles["name"]}>
                {list.name}
              </h2>
              <div className={styles["ways"]}>
                <PlayAll list={list} items={items} onPlay={onPlay} />
                <Button icon={<Pencil aria-hidden />} onPress={() => setNaming("rename")}>
                  {texts.rename}
                </Button>
                <Button icon={<Trash2 aria-hidden />} onPress={() => remove(list)}>
                  {texts.delete}
                </Button>
              </div>
              <Videos key={list.id} list={list} items={items} onPlay={onPlay} onRemoved={offer} />
            </section>
          )}
        </div>
        {bar}
      </div>
      {naming === "new" && (
        <NameDialog title={texts.newTitle} confirm={texts.create} onName={create} onClose={() => setNaming(null)} />
      )}
      {naming === "rename" && list !== undefined && (
        <NameDialog
          title={texts.renameTitle}
          confirm={texts.rename}
          initial={list.name}
          onName={(name) => change({ playlists: changePlaylist(lists, list.id, () => ({ name })) })}
          onClose={() => setNaming(null)}
        />
      )}
    </Page>
  );
}

type OneList = { list: Playlist; items: CatalogView["items"]; onPlay: PlaylistsScreenProps["onPlay"] };

function PlayAll({ list, items, onPlay }: OneList): ReactNode {
  const texts = useI18n().messages.queue;
  const included = useMemo(() => new Set(items.filter((item) => item.included).map(({ id }) => id)), [items]);
  const first = list.videoIds.find((id) => included.has(id));
  return (
    <Button
      look="main"
      icon={<Play aria-hidden fill="currentColor" />}
      isDisabled={first === undefined}
      onPress={() => {
        if (first !== undefined) onPlay(first, list.id);
      }}
    >
      {texts.playAll}
    </Button>
  );
}

type VideosProps = OneList & { onRemoved: ReturnType<typeof useUndo>["offer"] };

function Videos({ list, items, onPlay, onRemoved }: VideosProps): ReactNode {
  const texts = useI18n().messages.queue;
  const { change } = useViewing();
  const [said, setSaid] = useState("");
  const known = useMemo(() => new Map(items.map((item) => [item.id, item])), [items]);
  const put = (edit: (videoIds: readonly string[]) => readonly string[]): void =>
    change(({ playlists }) => ({
      playlists: changePlaylist(playlists, list.id, ({ videoIds }) => ({ videoIds: edit(videoIds) })),
    }));
  if (list.videoIds.length === 0) return <p className={styles["quiet"]}>{texts.emptyList}</p>;
  return (
    <>
      <p className={styles["quiet"]}>
        {texts.count(list.videoIds.length)} · {texts.keys}
      </p>
      <SortableList
        label={list.name}
        videos={list.videoIds.map((id) => ({ id, item: known.get(id) ?? null }))}
        onPick={(id) => onPlay(id, list.id)}
        onMove={(from, to) => put((ids) => moved(ids, from, to))}
        onRemove={({ id, item }, place) => {
          put((ids) => without(ids, id));
          onRemoved({
            text: texts.removed(item?.title ?? texts.gone),
            undo: () => put((ids) => withBack(ids, id, place)),
          });
        }}
        onSay={setSaid}
      />
      <p role="status" className="visually-hidden">
        {said}
      </p>
    </>
  );
}

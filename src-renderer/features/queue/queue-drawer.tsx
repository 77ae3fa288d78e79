import { Repeat, Repeat1, X } from "lucide-react";
import { type ReactNode, useLayoutEffect, useRef, useState } from "react";
import type { CatalogItem, Settings } from "../../../src-shared/ipc/index.ts";
import { REPEATS } from "../../../src-shared/viewing.ts";
import { useBridge, useViewing } from "../../bridge/index.tsx";
import { useI18n } from "../../i18n/index.ts";
import { Button, IconButton, Menu, Switch } from "../../ui/index.ts";
import { moved, withBack, without } from "./list-edits.ts";
import styles from "./queue.module.css";
import { type ListedVideo, SortableList } from "./sortable-list.tsx";
import { useUndo } from "./use-undo.tsx";
import { VideoFacts, videoLine } from "./video-facts.tsx";

export type Upcoming = {
  readonly now: CatalogItem | null;
  readonly queue: readonly ListedVideo[];
  /** What follows the queue: in the section, or in the playlist that is being played. */
  readonly after: readonly CatalogItem[];
};

type QueueDrawerProps = {
  upcoming: Upcoming;
  settings: Settings;
  onPlayQueued: (videoId: string) => void;
  onPlayAfter: (videoId: string) => void;
  onShuffle: (on: boolean) => void;
  onClose: () => void;
};

/** What is played now, next and then. Videos are put in another order here, and taken out of the queue. */
export function QueueDrawer(props: QueueDrawerProps): ReactNode {
  const { upcoming, settings, onPlayQueued, onPlayAfter, onShuffle, onClose } = props;
  const { messages } = useI18n();
  const { queue: texts } = messages;
  const bridge = useBridge();
  const { viewing, change } = useViewing();
  const { bar, offer } = useUndo();
  const [said, setSaid] = useState("");
  const drawer = useRef<HTMLElement>(null);

  useLayoutEffect(() => {
    const element = drawer.current;
    const before = document.activeElement;
    (element?.querySelector<HTMLElement>("[data-row]") ?? element)?.focus();
    return () => {
      if (element?.contains(document.activeElement) === true && before instanceof HTMLElement)
        before.focus({ preventScroll: true });
    };
  }, []);

  return (
    <section
      ref={drawer}
      tabIndex={-1}
      className={styles["drawer"]}
      aria-label={texts.title}
      data-queue
      data-own-arrows
    >
      <header className={styles["header"]}>
        <h2 className={styles["heading"]}>{texts.title}</h2>
        <Menu
          label={texts.repeat}
          trigger={
            <IconButton label={texts.repeatAt(texts.repeats[viewing.repeat])}>
              {viewing.repeat === "one" ? <Repeat1 aria-hidden /> : <Repeat aria-hidden />}
            </IconButton>
          }
          entries={REPEATS.map((id) => ({ id, label: texts.repeats[id] }))}
          selected={viewing.repeat}
          onPick={(id) => {
            const repeat = REPEATS.find((one) => one === id);
            if (repeat !== undefined) change({ repeat });
          }}
        />
        <IconButton label={texts.close} shortcut="Q" onPress={onClose}>
          <X aria-hidden />
        </IconButton>
      </header>
      <div className={styles["switches"]}>
        <Switch
          label={texts.autoplay}
          isOn={settings.autoplay}
          onChange={(autoplay) => void bridge.call("settings.change", { autoplay })}
        />
        <Switch label={texts.shuffle} isOn={viewing.shuffle} onChange={onShuffle} />
      </div>
      {upcoming.now !== null && (
        <>
          <h3 className={styles["part"]}>{texts.now}</h3>
          <Titles items={[upcoming.now]} />
        </>
      )}
      <div className={styles["partLine"]}>
        <h3 className={styles["part"]}>{texts.queue}</h3>
        {upcoming.queue.length > 0 && (
          <Button
            look="quiet"
            onPress={() => {
              offer({ text: texts.cleared, undo: () => change({ queue: viewing.queue }) });
              change({ queue: [] });
            }}
          >
            {texts.clear}
          </Button>
        )}
      </div>
      {upcoming.queue.length === 0 ? (
        <p className={styles["quiet"]}>{texts.empty}</p>
      ) : (
        <SortableList
          label={texts.queue}
          videos={upcoming.queue}
          onPick={onPlayQueued}
          onMove={(from, to) => change({ queue: moved(viewing.queue, from, to) })}
          onRemove={({ id, item }, place) => {
            change({ queue: without(viewing.queue, id) });
            offer({
              text: texts.removed(item?.title ?? texts.gone),
              undo: () => change(({ queue }) => ({ queue: withBack(queue, id, place) })),
            });
          }}
          onSay={setSaid}
        />
      )}
      {upcoming.queue.length > 0 && <p className={styles["quiet"]}>{texts.keys}</p>}
      {upcoming.after.length > 0 && (
        <>
          <h3 className={styles["part"]}>{texts.after}</h3>
          <Titles items={upcoming.after} onPick={onPlayAfter} />
        </>
      )}
      {bar}
      <p role="status" className="visually-hidden">
        {said}
      </p>
    </section>
  );
}

function Titles({ items, onPick }: { items: readonly CatalogItem[]; onPick?: (id: string) => void }): ReactNode {
  const { format } = useI18n();
  return (
    <ul className={styles["titles"]}>
      {items.map((item) => {
        const { title, posterUrl: url, durationSeconds } = item;
        const shown = <VideoFacts title={title} poster={{ url }} detail={format.brief(durationSeconds)} />;
        return (
          <li key={item.id}>
            {onPick === undefined ? (
              <span className={videoLine} aria-current>
                {shown}
              </span>
            ) : (
              <button type="button" className={videoLine} onClick={() => onPick(item.id)}>
                {shown}
              </button>
            )}
          </li>
        );
      })}
    </ul>
  );
}

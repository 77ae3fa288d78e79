import { Protections } from "../protection/index.ts";
import { ListEnd, ListPlus, ListStart, Play } from "lucide-react";
import { type ReactNode, useState } from "react";
import type { CatalogItem, ProtectionView } from "../../../src-shared/ipc/index.ts";
import { clock, useI18n } from "../../i18n/index.ts";
import { Button, Dialog, Menu, Poster } from "../../ui/index.ts";
import { type Collecting, NameDialog } from "../queue/index.ts";
import { stageOf } from "./filter.ts";
import type { IndexedTitle } from "./search.ts";
import styles from "./title-page.module.css";

type TitlePageProps = {
  /** `null`: it is closed. */
  title: IndexedTitle | null;
  protection: ProtectionView;
  onPlay: (item: CatalogItem, fromStart: boolean) => void;
  onMark: (item: CatalogItem) => void;
  collecting: Collecting;
  onClose: () => void;
};

/** What there is to know about a video, before it is played. */
export function TitlePage({ title, ...actions }: TitlePageProps): ReactNode {
  return (
    title !== null && (
      <Dialog title={title.item.title} open onClose={actions.onClose}>
        <Facts title={title} {...actions} />
      </Dialog>
    )
  );
}

function Facts({
  title,
  protection,
  onPlay,
  onMark,
  collecting,
}: Omit<TitlePageProps, "title" | "onClose"> & { title: IndexedTitle }): ReactNode {
  const { messages, format } = useI18n();
  const { item, lesson } = title;
  const { catalog, player } = messages;
  const stage = stageOf(item);
  const facts = [
    format.brief(item.durationSeconds),
    ...(stage === "begun" ? [catalog.left(format.brief(item.durationSeconds - item.positionSeconds))] : []),
    ...(stage === "finished" ? [catalog.finished] : []),
    ...(item.included ? [] : [catalog.notIncluded]),
  ];
  return (
    <div className={styles["page"]}>
      <div className={styles["poster"]}>
        <Poster key={item.posterUrl} url={item.posterUrl} title={item.title} />
      </div>
      <div className={styles["facts"]}>
        {lesson !== null && (
          <p className={styles["quiet"]}>
            {lesson.section} · {catalog.lesson(lesson.number, lesson.of)}
          </p>
        )}
        <p className={styles["quiet"]}>{facts.join(" · ")}</p>
        {item.included && (
          <div className={styles["actions"]}>
            <Button
              look="main"
              autoFocus
              icon={<Play aria-hidden fill="currentColor" />}
              onPress={() => onPlay(item, false)}
            >
              {stage === "begun" ? catalog.resumeAt(clock(item.positionSeconds)) : player.play}
            </Button>
            {stage === "begun" && <Button onPress={() => onPlay(item, true)}>{player.fromStart}</Button>}
            <Button onPress={() => onMark(item)}>
              {stage === "finished" ? catalog.markUnwatched : catalog.markWatched}
            </Button>
            <Collect item={item} collecting={collecting} />
          </div>
        )}
        <Protections protection={protection} />
        {item.description !== "" && <p className={styles["description"]}>{item.description}</p>}
      </div>
    </div>
  );
}

const NEW = "new";

/** Puts a video into the queue, or into a list. */
function Collect({ item, collecting }: { item: CatalogItem; collecting: Collecting }): ReactNode {
  const { queue } = useI18n().messages;
  const [naming, setNaming] = useState(false);
  return (
    <>
      <Button icon={<ListStart aria-hidden />} onPress={() => collecting.playNext(item)}>
        {queue.playNext}
      </Button>
      <Button icon={<ListEnd aria-hidden />} onPress={() => collecting.toggleQueued(item)}>
        {collecting.isQueued(item) ? queue.takeOut : queue.add}
      </Button>
      <Menu
        label={queue.addToList}
        trigger={<Button icon={<ListPlus aria-hidden />}>{queue.addToList}</Button>}
        entries={[
          ...collecting.lists.map(({ id, name, videoIds }) => ({
            id: String(id),
            label: name,
            detail: queue.count(videoIds.length),
          })),
          { id: NEW, label: queue.newList },
        ]}
        onPick={(id) => (id === NEW ? setNaming(true) : collecting.addToList(item, Number(id)))}
      />
      {naming && (
        <NameDialog
          title={queue.newTitle}
          confirm={queue.create}
          onName={(name) => collecting.addToNewList(item, name)}
          onClose={() => setNaming(false)}
        />
      )}
    </>
  );
}

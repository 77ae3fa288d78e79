import { Play } from "lucide-react";
import type { ReactNode } from "react";
import type { CatalogItem } from "../../../src-shared/ipc/index.ts";
import { clock, useI18n } from "../../i18n/index.ts";
import { Button, Dialog, Poster } from "../../ui/index.ts";
import { stageOf } from "./filter.ts";
import type { IndexedTitle } from "./search.ts";
import styles from "./title-page.module.css";

type TitlePageProps = {
  /** `null`: it is closed. */
  title: IndexedTitle | null;
  onPlay: (item: CatalogItem, fromStart: boolean) => void;
  onMark: (item: CatalogItem) => void;
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
  onPlay,
  onMark,
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
          </div>
        )}
        {item.description !== "" && <p className={styles["description"]}>{item.description}</p>}
      </div>
    </div>
  );
}

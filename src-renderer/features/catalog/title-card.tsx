import { Check, Info, Lock, Play } from "lucide-react";
import { memo, type ReactNode, useState } from "react";
import type { CatalogItem } from "../../../src-shared/ipc/index.ts";
import { type I18n, useI18n } from "../../i18n/index.ts";
import { classNames, Poster } from "../../ui/index.ts";
import type { IndexedTitle } from "./search.ts";
import styles from "./title-card.module.css";

/** What a viewer can do with the card of a video. */
export type CardActions = {
  /** A press on it, or Enter. */
  readonly onPick: (item: CatalogItem, card: HTMLElement) => void;
  readonly onDetails: (title: IndexedTitle) => void;
  /** Marks it as watched, or takes the mark away. */
  readonly onMark: (item: CatalogItem) => void;
  /** Puts it into the queue, or takes it out. */
  readonly onQueue: (item: CatalogItem) => void;
};

type TitleCardProps = {
  title: IndexedTitle;
  /** The position in a grid with a single tab stop; absent where every card is a tab stop. */
  index?: number;
  tabIndex?: 0 | -1;
  /** The words stand beside a large poster. */
  isWide?: boolean;
  actions: CardActions;
};

function progressOf(item: CatalogItem): number {
  return item.finished || item.durationSeconds === 0 ? 0 : Math.min(1, item.positionSeconds / item.durationSeconds);
}

/** The line under the title. It says the length where nothing else is to be said, which screen readers hear anyway. */
function stateOf(item: CatalogItem, { messages, format }: I18n): { text: string; isLength: boolean } {
  const { catalog } = messages;
  if (!item.included) return { text: catalog.notIncluded, isLength: false };
  const length = format.brief(item.durationSeconds);
  if (item.finished) return { text: `${catalog.finished} · ${length}`, isLength: false };
  const left = item.durationSeconds - item.positionSeconds;
  if (item.positionSeconds > 0 && left > 0) return { text: catalog.left(format.brief(left)), isLength: false };
  return { text: length, isLength: true };
}

export const TitleCard = memo(function TitleCard(props: TitleCardProps): ReactNode {
  const { title, index, tabIndex = 0, isWide = false, actions } = props;
  const { item, lesson } = title;
  // The button is made when it is needed: with it, a keystroke in a search of thousands takes noticeably longer.
  const [wasPointedAt, setPointedAt] = useState(false);
  const i18n = useI18n();
  const { catalog } = i18n.messages;
  const state = stateOf(item, i18n);
  const progress = progressOf(item);
  const card = (
    <button
      type="button"
      className={classNames(styles["card"], isWide && styles["wide"], !item.included && styles["apart"])}
      data-card
      data-index={index}
      tabIndex={tabIndex}
      title={item.title}
      aria-keyshortcuts="Enter I W Q"
      onClick={(event) => actions.onPick(item, event.currentTarget)}
      onPointerEnter={() => setPointedAt(true)}
      onContextMenu={(event) => {
        event.preventDefault();
        actions.onDetails(title);
      }}
    >
      <span className={styles["poster"]}>
        <Poster key={item.posterUrl} url={item.posterUrl} title={item.title} />
        {!item.included && <Lock aria-hidden className={styles["lock"] ?? ""} />}
        {item.included && item.finished && (
          <span className={styles["watched"]}>
            <Check aria-hidden />
          </span>
        )}
        {progress > 0 && (
          <span className={styles["progress"]}>
            <span style={{ width: `${progress * 100}%` }} />
          </span>
        )}
      </span>
      <span className={styles["words"]}>
        <span className={styles["title"]}>{item.title}</span>
        <span className="visually-hidden">
          {lesson !== null && `${catalog.lesson(lesson.number, lesson.of)}, `}
          {i18n.format.spoken(item.durationSeconds)}
        </span>
        <span className={styles["state"]} data-state aria-hidden={state.isLength}>
          {item.included && item.finished && <Check aria-hidden />}
          {state.text}
        </span>
        {isWide && item.included && (
          <span className={styles["play"]} aria-hidden>
            <Play fill="currentColor" />
            {i18n.messages.player.play}
          </span>
        )}
      </span>
    </button>
  );
  return (
    <>
      {card}
      {/* For the mouse; the keyboard has the key I. */}
      {wasPointedAt && (
        <button
          type="button"
          tabIndex={-1}
          className={styles["details"]}
          aria-label={catalog.details}
          title={catalog.details}
          onClick={() => actions.onDetails(title)}
        >
          <Info aria-hidden />
        </button>
      )}
    </>
  );
});

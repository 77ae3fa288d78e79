import { Check, Lock, Play } from "lucide-react";
import { memo, type ReactNode } from "react";
import type { CatalogItem } from "../../../src-shared/ipc/index.ts";
import { type I18n, useI18n } from "../../i18n/index.ts";
import { classNames } from "../../ui/index.ts";
import { Poster } from "./poster.tsx";
import styles from "./title-card.module.css";

/** A press on the card of a video. */
export type PickTitle = (item: CatalogItem, card: HTMLElement) => void;

type TitleCardProps = {
  item: CatalogItem;
  /** The position in a grid with a single tab stop; absent where every card is a tab stop. */
  index?: number;
  tabIndex?: 0 | -1;
  /** The words stand beside a large poster. */
  isWide?: boolean;
  onPick: PickTitle;
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
  const { item, index, tabIndex = 0, isWide = false, onPick } = props;
  const i18n = useI18n();
  const state = stateOf(item, i18n);
  const progress = progressOf(item);
  return (
    <button
      type="button"
      className={classNames(styles["card"], isWide && styles["wide"], !item.included && styles["apart"])}
      data-index={index}
      tabIndex={tabIndex}
      title={item.title}
      onClick={(event) => onPick(item, event.currentTarget)}
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
        <span className="visually-hidden">{i18n.format.spoken(item.durationSeconds)}</span>
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
});

import { Check, Film, Lock } from "lucide-react";
import { memo, type ReactNode } from "react";
import type { CatalogItem } from "../../../src-shared/ipc/index.ts";
import { clock, type I18n, useI18n } from "../../i18n/index.ts";
import { classNames } from "../../ui/index.ts";
import styles from "./title-card.module.css";

type TitleCardProps = {
  item: CatalogItem;
  /** The position in a grid with a single tab stop; absent where every card is a tab stop. */
  index?: number;
  tabIndex?: 0 | -1;
  onPick: (item: CatalogItem) => void;
};

function progressOf(item: CatalogItem): number {
  return item.finished || item.durationSeconds === 0 ? 0 : Math.min(1, item.positionSeconds / item.durationSeconds);
}

/** The line under the title: the length of the video and its state. */
function stateOf(item: CatalogItem, { messages, format }: I18n): string | null {
  if (!item.included) return messages.catalog.notIncluded;
  if (item.finished) return messages.catalog.finished;
  const left = item.durationSeconds - item.positionSeconds;
  return item.positionSeconds > 0 && left > 0 ? messages.catalog.left(format.brief(left)) : null;
}

export const TitleCard = memo(function TitleCard({ item, index, tabIndex = 0, onPick }: TitleCardProps): ReactNode {
  const i18n = useI18n();
  const state = stateOf(item, i18n);
  const progress = progressOf(item);
  return (
    <button
      type="button"
      className={classNames(styles["card"], !item.included && styles["apart"])}
      data-index={index}
      tabIndex={tabIndex}
      title={item.title}
      onClick={() => onPick(item)}
    >
      <span className={styles["poster"]}>
        {item.included && item.posterUrl === null && <Film aria-hidden className={styles["sign"] ?? ""} />}
        {item.posterUrl !== null && (
          <img
            key={item.posterUrl}
            src={item.posterUrl}
            alt=""
            loading="lazy"
            decoding="async"
            crossOrigin="anonymous"
            draggable={false}
          />
        )}
        {!item.included && <Lock aria-hidden className={styles["sign"] ?? ""} />}
        <span className={styles["length"]} aria-hidden>
          {clock(item.durationSeconds)}
        </span>
        {progress > 0 && (
          <span className={styles["progress"]}>
            <span style={{ width: `${progress * 100}%` }} />
          </span>
        )}
      </span>
      <span className={styles["title"]}>{item.title}</span>
      <span className="visually-hidden">{i18n.format.spoken(item.durationSeconds)}</span>
      {state !== null && (
        <span className={styles["state"]}>
          {item.included && item.finished && <Check aria-hidden />}
          {state}
        </span>
      )}
    </button>
  );
});

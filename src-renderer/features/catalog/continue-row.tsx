import { type KeyboardEvent, type ReactNode, useId } from "react";
import type { CatalogItem } from "../../../src-shared/ipc/index.ts";
import { useI18n } from "../../i18n/index.ts";
import styles from "./catalog.module.css";
import type { IndexedTitle } from "./search.ts";
import { TitleCard } from "./title-card.tsx";

type ContinueRowProps = { titles: readonly IndexedTitle[]; onPick: (item: CatalogItem) => void };

function move(event: KeyboardEvent<HTMLElement>): void {
  const cards = [...event.currentTarget.querySelectorAll("button")];
  const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
  const card = cards[cards.findIndex((one) => one === document.activeElement) + step];
  if (step === 0 || card === undefined) return;
  event.preventDefault();
  card.focus();
}

/** The videos that were begun, in one row that scrolls sideways; the arrow keys move along it. */
export function ContinueRow({ titles, onPick }: ContinueRowProps): ReactNode {
  const { messages } = useI18n();
  const heading = useId();

  return (
    <section aria-labelledby={heading}>
      <h2 id={heading} className={styles["heading"]}>
        {messages.catalog.continueWatching}
      </h2>
      <ul className={styles["continue"]} onKeyDown={move}>
        {titles.map(({ item }) => (
          <li key={item.id}>
            <TitleCard item={item} onPick={onPick} />
          </li>
        ))}
      </ul>
    </section>
  );
}

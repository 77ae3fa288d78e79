import { type KeyboardEvent, type ReactNode, useId, useLayoutEffect, useRef } from "react";
import { useI18n } from "../../i18n/index.ts";
import styles from "./catalog.module.css";
import type { IndexedTitle } from "./search.ts";
import { type CardActions, TitleCard } from "./title-card.tsx";

type ContinueRowProps = { titles: readonly IndexedTitle[]; actions: CardActions };

function move(event: KeyboardEvent<HTMLElement>): void {
  const cards = [...event.currentTarget.querySelectorAll<HTMLElement>("[data-card]")];
  const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
  const card = cards[cards.findIndex((one) => one === document.activeElement) + step];
  if (step === 0 || card === undefined) return;
  event.preventDefault();
  card.focus();
}

/** The videos that were begun, in one row that scrolls sideways; the arrow keys move along it. */
export function ContinueRow({ titles, actions }: ContinueRowProps): ReactNode {
  const { messages } = useI18n();
  const heading = useId();
  const list = useRef<HTMLUListElement>(null);
  // React reports no blur for a card that it removes itself.
  const hasFocus = useRef(false);

  // A narrower window has fewer cards: the focus of a removed one moves to the last.
  useLayoutEffect(() => {
    if (!hasFocus.current || list.current?.contains(document.activeElement) === true) return;
    list.current?.querySelector<HTMLElement>("li:last-child [data-card]")?.focus();
  }, [titles]);

  return (
    <section aria-labelledby={heading}>
      <h2 id={heading} className={styles["heading"]}>
        {messages.catalog.continueWatching}
      </h2>
      <ul
        ref={list}
        className={styles["continue"]}
        onKeyDown={move}
        onFocus={() => {
          hasFocus.current = true;
        }}
        onBlur={() => {
          hasFocus.current = false;
        }}
      >
        {titles.map((title) => (
          <li
            key={title.item.id}
            onKeyDown={({ key, ctrlKey, altKey, metaKey }) => {
              if (ctrlKey || altKey || metaKey) return;
              if (key.toLowerCase() === "i") actions.onDetails(title);
              else if (key.toLowerCase() === "w") actions.onMark(title.item);
              else if (key.toLowerCase() === "q") actions.onQueue(title.item);
            }}
          >
            <TitleCard title={title} actions={actions} />
          </li>
        ))}
      </ul>
    </section>
  );
}

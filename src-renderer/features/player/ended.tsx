import { type ReactNode, type RefObject, useLayoutEffect, useRef } from "react";
import { useI18n } from "../../i18n/index.ts";
import { Button } from "../../ui/index.ts";
import type { NextVideo } from "./around.ts";
import styles from "./ended.module.css";

type EndedProps = {
  root: RefObject<HTMLElement | null>;
  next: NextVideo | null;
  onNext: () => void;
  onReplay: () => void;
  onLeave: () => void;
};

/**
 * What to do after the end of a video. It takes the focus from the picture, not from a control, and gives it back to the
 * picture.
 */
export function Ended({ root, next, onNext, onReplay, onLeave }: EndedProps): ReactNode {
  const { player } = useI18n().messages;
  const panel = useRef<HTMLElement>(null);

  useLayoutEffect(() => {
    const [stage, shown] = [root.current, panel.current];
    const isFree = document.activeElement === stage || document.activeElement === document.body;
    if (isFree) shown?.querySelector("button")?.focus({ preventScroll: true });
    return () => {
      if (shown?.contains(document.activeElement) === true) stage?.focus({ preventScroll: true });
    };
  }, [root]);

  return (
    <section ref={panel} className={styles["ended"]} aria-label={player.ended}>
      {next !== null && (
        <p className={styles["next"]}>
          <span className={styles["kind"]}>{player.upNext}</span>
          <span className={styles["title"]}>{next.title}</span>
        </p>
      )}
      <div className={styles["ways"]}>
        {next !== null && (
          <Button look="main" onPress={onNext}>
            {player.next}
          </Button>
        )}
        <Button look={next === null ? "main" : "plain"} onPress={onReplay}>
          {player.replay}
        </Button>
        <Button onPress={onLeave}>{player.back}</Button>
      </div>
    </section>
  );
}

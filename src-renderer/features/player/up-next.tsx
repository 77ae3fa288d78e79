import type { ReactNode } from "react";
import { useI18n } from "../../i18n/index.ts";
import { Button, Poster } from "../../ui/index.ts";
import type { NextVideo } from "./around.ts";
import { COUNTDOWN_SECONDS } from "./countdown.ts";
import { COMMANDS, shortcutOf } from "./player-keys.ts";
import styles from "./up-next.module.css";

type UpNextCardProps = {
  next: NextVideo;
  left: number;
  /** It waits for an answer: nobody has touched the player for several videos. */
  asks: boolean;
  onPlay: () => void;
  onStop: () => void;
};

/** Announces the next video. It takes no focus; its keys are those of the player. */
export function UpNextCard({ next, left, asks, onPlay, onStop }: UpNextCardProps): ReactNode {
  const { player } = useI18n().messages;
  const heading = asks ? player.stillWatching : player.upNextIn(left);
  return (
    <section className={styles["card"]} aria-label={player.upNext} data-up-next>
      <div className={styles["still"]}>
        <Poster key={next.posterUrl} url={next.posterUrl} title={next.title} />
      </div>
      <div className={styles["words"]}>
        <p className={styles["kind"]} data-left={left}>
          {heading}
        </p>
        <p className={styles["title"]}>{next.title}</p>
      </div>
      <div className={styles["ways"]}>
        <Button look="main" onPress={onPlay} aria-keyshortcuts={shortcutOf(player, COMMANDS.next)}>
          {player.playNow}
        </Button>
        <Button onPress={onStop} aria-keyshortcuts="Escape">
          {player.stop}
        </Button>
      </div>
      {!asks && (
        <div className={styles["bar"]} aria-hidden>
          <span style={{ width: `${(100 * left) / COUNTDOWN_SECONDS}%` }} />
        </div>
      )}
    </section>
  );
}

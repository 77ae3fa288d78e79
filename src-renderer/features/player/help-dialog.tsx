import { Fragment, type ReactNode } from "react";
import { useSpeech } from "../../i18n/index.ts";
import { Dialog } from "../../ui/index.ts";
import styles from "./player.module.css";

export function HelpDialog({ open, onClose }: { open: boolean; onClose: () => void }): ReactNode {
  const { words } = useSpeech();
  const { keys, help } = words.player;
  const rows: readonly (readonly [readonly string[], string])[] = [
    [[keys.space, "K"], keys.playPause],
    [[keys.left, keys.right], keys.fiveSeconds],
    [["J", "L"], keys.tenSeconds],
    [[keys.up, keys.down], keys.volume],
    [["M"], keys.mute],
    [["C"], keys.subtitles],
    [["<", ">"], keys.speed],
    [["F"], keys.fullscreen],
    [["?"], keys.help],
    [[keys.escape], keys.back],
  ];
  return (
    <Dialog title={help} open={open} onClose={onClose}>
      <dl className={styles["keys"]}>
        {rows.map(([names, meaning]) => (
          <Fragment key={meaning}>
            <dt>
              {names.map((name) => (
                <kbd key={name}>{name}</kbd>
              ))}
            </dt>
            <dd>{meaning}</dd>
          </Fragment>
        ))}
      </dl>
    </Dialog>
  );
}

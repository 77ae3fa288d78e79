import { ArrowLeft } from "lucide-react";
import type { ReactNode } from "react";
import { useSpeech } from "../../i18n/index.ts";
import { classNames, IconButton } from "../../ui/index.ts";
import { COMMANDS, shortcutOf } from "./player-keys.ts";
import styles from "./player.module.css";

export function TopBar({ title, onLeave }: { title: string; onLeave: () => void }): ReactNode {
  const { words } = useSpeech();
  return (
    <div className={classNames(styles["top"], styles["fades"])}>
      <IconButton label={words.player.back} shortcut={shortcutOf(words.player, COMMANDS.leave)} onPress={onLeave}>
        <ArrowLeft aria-hidden />
      </IconButton>
      <h1 className={styles["title"]}>{title}</h1>
    </div>
  );
}

import { ArrowLeft } from "lucide-react";
import type { ReactNode } from "react";
import { useI18n } from "../../i18n/index.ts";
import { classNames, IconButton } from "../../ui/index.ts";
import { COMMANDS, shortcutOf } from "./player-keys.ts";
import styles from "./player.module.css";

export function TopBar({ title, onLeave }: { title: string; onLeave: () => void }): ReactNode {
  const { messages } = useI18n();
  return (
    <div className={classNames(styles["top"], styles["fades"])}>
      <IconButton label={messages.player.back} shortcut={shortcutOf(messages.player, COMMANDS.leave)} onPress={onLeave}>
        <ArrowLeft aria-hidden />
      </IconButton>
      <h1 className={styles["title"]}>{title}</h1>
    </div>
  );
}

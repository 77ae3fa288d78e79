import { ArrowLeft } from "lucide-react";
import type { ReactNode } from "react";
import { useI18n } from "../../i18n/index.ts";
import { classNames, IconButton } from "../../ui/index.ts";
import { COMMANDS, shortcutOf } from "./player-keys.ts";
import styles from "./player.module.css";

type TopBarProps = { title: string; place: string; onLeave: () => void };

export function TopBar({ title, place, onLeave }: TopBarProps): ReactNode {
  const { messages } = useI18n();
  return (
    <div className={classNames(styles["top"], styles["fades"])}>
      <IconButton label={messages.player.back} shortcut={shortcutOf(messages.player, COMMANDS.leave)} onPress={onLeave}>
        <ArrowLeft aria-hidden />
      </IconButton>
      <div className={styles["titles"]}>
        <h1 className={styles["title"]}>{title}</h1>
        {place !== "" && <p className={styles["place"]}>{place}</p>}
      </div>
    </div>
  );
}

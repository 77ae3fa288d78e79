import { ListVideo } from "lucide-react";
import type { ReactNode } from "react";
import { clock, useI18n } from "../../i18n/index.ts";
import { IconButton, Menu } from "../../ui/index.ts";
import { type Chapter, chapterAt } from "./chapters.ts";
import { COMMANDS, shortcutOf } from "./player-keys.ts";
import { type MediaRequests, useMedia } from "./player-store.ts";
import { SPEEDS } from "./speeds.ts";
import styles from "./player.module.css";

type Opening = { disabled: boolean; onOpen: (open: boolean) => void };

export function ChapterMenu(props: Opening & { chapters: readonly Chapter[]; requests: MediaRequests }): ReactNode {
  const { messages } = useI18n();
  const { chapters, requests, disabled, onOpen } = props;
  const current = useMedia((media) => chapterAt(chapters, media.currentTime));
  if (chapters.length === 0) return null;
  return (
    <Menu
      label={messages.player.chapters}
      trigger={
        <IconButton label={messages.player.chapters} isDisabled={disabled}>
          <ListVideo aria-hidden />
        </IconButton>
      }
      entries={chapters.map((chapter) => ({
        id: String(chapter.startSeconds),
        label: chapter.title,
        detail: clock(chapter.startSeconds),
      }))}
      selected={current === null ? null : String(current.startSeconds)}
      onOpenChange={onOpen}
      onPick={(id) => requests.seek(Number(id))}
    />
  );
}

export function SpeedMenu({ disabled, onOpen, onSpeed }: Opening & { onSpeed: (rate: number) => void }): ReactNode {
  const { messages, format } = useI18n();
  const rate = useMedia((media) => media.rate);
  return (
    <Menu
      label={messages.player.speed}
      trigger={
        <IconButton
          label={messages.player.speedAt(format.rate(rate))}
          shortcut={shortcutOf(messages.player, COMMANDS.slower, COMMANDS.faster)}
          isDisabled={disabled}
        >
          <span className={styles["rate"]}>{format.rate(rate)}</span>
        </IconButton>
      }
      entries={SPEEDS.map((speed) => ({ id: String(speed), label: format.rate(speed) }))}
      selected={String(rate)}
      onOpenChange={onOpen}
      onPick={(id) => onSpeed(Number(id))}
    />
  );
}

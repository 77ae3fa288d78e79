import { Bookmark as BookmarkIcon, BookmarkPlus, FileDown, Trash2 } from "lucide-react";
import { type ReactNode, useState } from "react";
import { useBridge, useViewing } from "../../bridge/index.tsx";
import { clock, type ProblemCode, useI18n } from "../../i18n/index.ts";
import { Button, IconButton, PopoverPanel } from "../../ui/index.ts";
import { bookmarksIn, withoutBookmark } from "./bookmark-edits.ts";
import styles from "./bookmarks.module.css";
import { COMMANDS, shortcutOf } from "./player-keys.ts";

type BookmarksProps = {
  videoId: string;
  disabled: boolean;
  onSeek: (seconds: number) => void;
  onAdd: () => void;
  onOpen: (open: boolean) => void;
};

/** The bookmarks in this video, and all of them as a text file. */
export function Bookmarks({ videoId, disabled, onSeek, onAdd, onOpen }: BookmarksProps): ReactNode {
  const { messages, explain } = useI18n();
  const { player } = messages;
  const bridge = useBridge();
  const { viewing, change } = useViewing();
  const [isOpen, setOpen] = useState(false);
  const [problem, setProblem] = useState<ProblemCode | null>(null);
  const here = bookmarksIn(viewing.bookmarks, videoId);

  function open(next: boolean): void {
    setOpen(next);
    setProblem(null);
    onOpen(next);
  }

  async function save(): Promise<void> {
    const reply = await bridge.call("viewing.save-bookmarks", undefined);
    setProblem(reply.ok || reply.error.code === "CANCELLED" ? null : reply.error.code);
  }

  return (
    <PopoverPanel
      label={player.bookmarks}
      trigger={
        <IconButton label={player.bookmarks} shortcut={shortcutOf(player, COMMANDS.bookmark)} isDisabled={disabled}>
          <BookmarkIcon aria-hidden />
        </IconButton>
      }
      isOpen={isOpen}
      onOpenChange={open}
    >
      <h3 className={styles["heading"]}>{player.bookmarks}</h3>
      {here.length === 0 && <p className={styles["quiet"]}>{player.noBookmarks}</p>}
      <ul className={styles["list"]}>
        {here.map((bookmark) => (
          <li key={bookmark.seconds} className={styles["row"]}>
            <button
              type="button"
              className={styles["place"]}
              onClick={() => {
                onSeek(bookmark.seconds);
                open(false);
              }}
            >
              <span className={styles["time"]}>{clock(bookmark.seconds)}</span> <span>{bookmark.note}</span>
            </button>
            <IconButton
              label={player.removeBookmark(clock(bookmark.seconds))}
              onPress={() => change(({ bookmarks }) => ({ bookmarks: withoutBookmark(bookmarks, bookmark) }))}
            >
              <Trash2 aria-hidden />
            </IconButton>
          </li>
        ))}
      </ul>
      <div className={styles["ways"]}>
        <Button
          icon={<BookmarkPlus aria-hidden />}
          onPress={() => {
            open(false);
            onAdd();
          }}
        >
          {player.addBookmark}
        </Button>
        <Button icon={<FileDown aria-hidden />} isDisabled={viewing.bookmarks.length === 0} onPress={() => void save()}>
          {player.saveBookmarks}
        </Button>
      </div>
      {problem !== null && (
        <p role="alert" data-code={problem}>
          {explain(problem).what}. {explain(problem).next}
        </p>
      )}
    </PopoverPanel>
  );
}

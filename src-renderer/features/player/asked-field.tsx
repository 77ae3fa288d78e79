import type { ReactNode } from "react";
import { MAX_BOOKMARKS } from "../../../src-shared/limits.ts";
import { useViewing } from "../../bridge/index.tsx";
import { clock, useI18n } from "../../i18n/index.ts";
import { bookmarkAt, noteOf, withBookmark } from "./bookmark-edits.ts";
import { parseTime } from "./parse-time.ts";
import { QuickField } from "./quick-field.tsx";

/** What the viewer is asked for, at this position of the film. */
export type Asked = { readonly what: "go-to" | "bookmark"; readonly seconds: number };

type AskedFieldProps = {
  asked: Asked;
  videoId: string;
  durationSeconds: number;
  onSeek: (seconds: number) => void;
  onSay: (text: string) => void;
  onClose: () => void;
};

/** Asks for a time to go to, or for the note of a bookmark. */
export function AskedField({ asked, videoId, durationSeconds, onSeek, onSay, onClose }: AskedFieldProps): ReactNode {
  const { player } = useI18n().messages;
  const { viewing, change } = useViewing();

  function goTo(typed: string): boolean {
    const seconds = parseTime(typed);
    if (seconds === undefined) onSay(player.noTime);
    else onSeek(Math.min(seconds, durationSeconds));
    return seconds !== undefined;
  }

  if (asked.what === "go-to") {
    return <QuickField label={player.goTo} confirm={player.go} onDone={goTo} onClose={onClose} />;
  }
  const there = bookmarkAt(viewing.bookmarks, videoId, asked.seconds);
  const seconds = there?.seconds ?? asked.seconds;

  function keep(typed: string): boolean {
    if (there === undefined && viewing.bookmarks.length >= MAX_BOOKMARKS) onSay(player.bookmarksFull);
    else {
      const bookmark = { videoId, seconds, note: noteOf(typed) };
      change(({ bookmarks }) => ({ bookmarks: withBookmark(bookmarks, bookmark) }));
      onSay(player.bookmarked(clock(seconds)));
    }
    return true;
  }

  return (
    <QuickField
      label={player.noteAt(clock(seconds))}
      confirm={player.keep}
      initial={there?.note ?? ""}
      onDone={keep}
      onClose={onClose}
    />
  );
}

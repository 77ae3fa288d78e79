import {
  type FocusEvent,
  type PointerEvent,
  type ReactNode,
  type RefObject,
  useEffect,
  useEffectEvent,
  useMemo,
  useRef,
  useState,
} from "react";
import { clock, useI18n } from "../../i18n/index.ts";
import { useViewing } from "../../bridge/index.tsx";
import { Range } from "../../ui/index.ts";
import { bookmarksIn } from "./bookmark-edits.ts";
import { type Chapter, chapterAt } from "./chapters.ts";
import type { Loop } from "./loop.ts";
import { type MediaRequests, useMedia } from "./player-store.ts";
import styles from "./seek-bar.module.css";
import { SeekPreview, useSheets } from "./seek-preview.tsx";
import type { Storyboard } from "./storyboard-sheets.ts";

type SeekBarProps = {
  video: RefObject<HTMLVideoElement | null>;
  requests: MediaRequests;
  durationSeconds: number;
  chapters: readonly Chapter[];
  storyboard: Storyboard | null;
  loop: Loop | null;
  videoId: string;
  disabled: boolean;
};

export function SeekBar(props: SeekBarProps): ReactNode {
  const { video, requests, durationSeconds, chapters, storyboard, loop, videoId, disabled } = props;
  const { messages } = useI18n();
  const { bookmarks } = useViewing().viewing;
  const marks = useMemo(() => bookmarksIn(bookmarks, videoId), [bookmarks, videoId]);
  const currentTime = useMedia((media) => media.currentTime);
  const buffered = useMedia((media) => media.buffered);
  const scrub = useScrub(video, requests);
  const [hover, setHover] = useState<number | null>(null);
  const [focused, setFocused] = useState(false);
  const sheets = useSheets(storyboard);
  const at = Math.min(durationSeconds, scrub.seconds ?? currentTime);
  const share = (seconds: number): string => `${(100 * seconds) / Math.max(1, durationSeconds)}%`;

  // Without pictures there is nothing to see at the thumb that the bar does not say itself.
  const atThumb = storyboard !== null && (scrub.seconds !== null || focused) ? at : null;
  const previewed = scrub.seconds === null ? (hover ?? atThumb) : (atThumb ?? hover);

  function focus(event: FocusEvent<HTMLDivElement>): void {
    setFocused(event.target.matches(":focus-visible"));
  }

  function point(event: PointerEvent<HTMLDivElement>): void {
    const { left, width } = event.currentTarget.getBoundingClientRect();
    setHover(Math.min(1, Math.max(0, (event.clientX - left) / width)) * durationSeconds);
  }

  return (
    <div
      className={styles["bar"]}
      onPointerMove={point}
      onPointerLeave={() => setHover(null)}
      onFocus={focus}
      onBlur={() => setFocused(false)}
    >
      {previewed !== null && !disabled && (
        <SeekPreview
          seconds={previewed}
          place={share(previewed)}
          chapter={chapterAt(chapters, previewed)}
          storyboard={storyboard}
          sheets={sheets}
        />
      )}
      <Range
        label={messages.player.position}
        valueText={messages.player.positionOf(clock(at), clock(durationSeconds))}
        value={at}
        max={durationSeconds}
        step="any"
        disabled={disabled}
        onChange={scrub.to}
        onCommit={scrub.letGo}
      >
        {buffered.map(([start, end]) => (
          <div key={start} className={styles["buffered"]} style={{ left: share(start), width: share(end - start) }} />
        ))}
        {chapters
          .filter((chapter) => chapter.startSeconds > 0)
          .map((chapter) => (
            <div key={chapter.startSeconds} className={styles["tick"]} style={{ left: share(chapter.startSeconds) }} />
          ))}
        {marks.map(({ seconds }) => (
          <div key={seconds} className={styles["mark"]} style={{ left: share(seconds) }} data-mark />
        ))}
        {loop !== null && (
          <div
            className={styles["loop"]}
            style={{ left: share(loop.start), width: share((loop.end ?? loop.start) - loop.start) }}
            data-loop
          />
        )}
      </Range>
    </div>
  );
}

type Scrub = { seconds: number | null; to: (seconds: number) => void; letGo: () => void };

/** Follows the slider without flooding the stick: the next seek starts when the one before has ended. */
function useScrub(video: RefObject<HTMLVideoElement | null>, requests: MediaRequests): Scrub {
  const [seconds, setSeconds] = useState<number | null>(null);
  const next = useRef<number | null>(null);
  const holding = useRef(false);

  function advance(): void {
    if (video.current === null || video.current.seeking) return;
    if (next.current !== null) {
      requests.seek(next.current);
      next.current = null;
    } else if (!holding.current) setSeconds(null);
  }

  const arrived = useEffectEvent(advance);
  useEffect(() => {
    const element = video.current;
    const hear = (): void => arrived();
    element?.addEventListener("seeked", hear);
    return () => element?.removeEventListener("seeked", hear);
  }, [video]);

  return {
    seconds,
    to(to) {
      holding.current = true;
      next.current = to;
      setSeconds(to);
      advance();
    },
    letGo() {
      holding.current = false;
      advance();
    },
  };
}

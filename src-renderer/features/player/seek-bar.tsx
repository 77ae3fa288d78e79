import {
  type CSSProperties,
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

type SeekBarProps = {
  video: RefObject<HTMLVideoElement | null>;
  requests: MediaRequests;
  durationSeconds: number;
  chapters: readonly Chapter[];
  loop: Loop | null;
  videoId: string;
  disabled: boolean;
};

export function SeekBar(props: SeekBarProps): ReactNode {
  const { video, requests, durationSeconds, chapters, loop, videoId, disabled } = props;
  const { messages } = useI18n();
  const { bookmarks } = useViewing().viewing;
  const marks = useMemo(() => bookmarksIn(bookmarks, videoId), [bookmarks, videoId]);
  const currentTime = useMedia((media) => media.currentTime);
  const buffered = useMedia((media) => media.buffered);
  const scrub = useScrub(video, requests);
  const [hover, setHover] = useState<number | null>(null);
  const at = Math.min(durationSeconds, scrub.seconds ?? currentTime);
  const share = (seconds: number): string => `${(100 * seconds) / Math.max(1, durationSeconds)}%`;

  function point(event: PointerEvent<HTMLDivElement>): void {
    const { left, width } = event.currentTarget.getBoundingClientRect();
    setHover(Math.min(1, Math.max(0, (event.clientX - left) / width)) * durationSeconds);
  }

  return (
    <div className={styles["bar"]} onPointerMove={point} onPointerLeave={() => setHover(null)}>
      {hover !== null && !disabled && (
        <Preview seconds={hover} place={share(hover)} chapter={chapterAt(chapters, hover)} />
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

/** The time under the pointer. Near an edge it stays in the window. */
function Preview(props: { seconds: number; place: string; chapter: Chapter | null }): ReactNode {
  const { seconds, place, chapter } = props;
  return (
    <div
      ref={(label) => label?.style.setProperty("--half", `${label.offsetWidth / 2}px`)}
      className={styles["preview"]}
      style={{ "--place": place } as CSSProperties}
      data-preview
      aria-hidden
    >
      {clock(seconds)}
      {chapter !== null && ` · ${chapter.title}`}
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

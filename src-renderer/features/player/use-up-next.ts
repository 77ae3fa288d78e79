import { type RefObject, useEffect, useEffectEvent, useRef, useState } from "react";
import type { Seconds } from "../../../src-shared/units.ts";
import { type Countdown, countOn, isOver, type Moment, secondsLeft } from "./countdown.ts";

const TICK_MS = 250;

export type UpNext = {
  /** The seconds until the next video begins; `null`: it is not announced. */
  readonly left: Seconds | null;
  readonly stop: () => void;
};

type UpNextOptions = {
  video: RefObject<HTMLVideoElement | null>;
  /** As the catalog has it: some films do not know their own length. */
  durationSeconds: Seconds;
  /** Whether a next video begins by itself. */
  isAutomatic: boolean;
  /** The countdown is shown and stands still: it asks. */
  asks: boolean;
  interrupted: boolean;
  onOver: () => void;
};

/** Announces the next video towards the end of a film, and calls `onOver` when it is to begin. */
export function useUpNext(options: UpNextOptions): UpNext {
  const countdown = useRef<Countdown>({ stage: "hidden" });
  const seenAt = useRef(0);
  const [left, setLeft] = useState<Seconds | null>(null);

  const tick = useEffectEvent(() => {
    const element = options.video.current;
    const now = performance.now();
    const elapsedSeconds = (now - seenAt.current) / 1000;
    seenAt.current = now;
    if (element === null || options.interrupted) return;
    const moment = momentOf(element, options, elapsedSeconds);
    countdown.current = countOn(countdown.current, moment);
    setLeft(secondsLeft(countdown.current, moment));
    if (isOver(countdown.current, moment)) options.onOver();
  });

  const { isAutomatic } = options;
  useEffect(() => {
    if (!isAutomatic) return undefined;
    const timer = setInterval(() => tick(), TICK_MS);
    return () => {
      clearInterval(timer);
      setLeft(null);
    };
  }, [isAutomatic]);

  return {
    left: options.interrupted ? null : left,
    stop() {
      countdown.current = { stage: "stopped" };
      setLeft(null);
    },
  };
}

function momentOf(
  { currentTime, duration, playbackRate, ended, paused, seeking, readyState }: HTMLVideoElement,
  { durationSeconds, asks }: UpNextOptions,
  elapsedSeconds: Seconds,
): Moment {
  const isPlaying = !paused && !seeking && readyState > HTMLMediaElement.HAVE_CURRENT_DATA;
  return {
    positionSeconds: currentTime,
    durationSeconds: Number.isFinite(duration) && duration > 0 ? duration : durationSeconds,
    rate: playbackRate,
    ended,
    isMoving: !asks && (ended || isPlaying),
    elapsedSeconds,
  };
}

import { type RefObject, useEffect, useEffectEvent, useRef, useState } from "react";
import type { Seconds } from "../../../src-shared/units.ts";
import { createFrameLength, frameTarget } from "./frame-length.ts";
import { type Loop, loopTarget, stepLoop } from "./loop.ts";

export type Study = {
  readonly loop: Loop | null;
  /** Sets the beginning of the repeated part, its end, or takes both away; returns what is set then. */
  readonly stepLoop: () => Loop | null;
  /** Pauses, and shows the next or the previous picture. */
  readonly stepFrame: (step: 1 | -1) => void;
};

/** What helps to study a film: a part that is repeated, and single pictures. */
export function useStudy(video: RefObject<HTMLVideoElement | null>, mediaUrl: string): Study {
  const [loop, setLoop] = useState<Loop | null>(null);
  const [length] = useState(createFrameLength);
  const shownAt = useRef<Seconds>(0);
  // The picture that was stepped to: the player needs a moment to show it, and keys are pressed faster.
  const goal = useRef<Seconds | null>(null);
  const isStepping = useRef(false);
  // Unknown during a jump, which is no playing.
  const before = useRef<Seconds>(Number.NaN);

  const follow = useEffectEvent((element: HTMLVideoElement, at: Seconds) => {
    if (element.seeking) return;
    const target = loopTarget(loop, before.current, at);
    before.current = at;
    if (target === null) return;
    before.current = Number.NaN;
    // At the very end the film has stopped; a jump makes the element forget that.
    const { ended } = element;
    element.currentTime = target;
    if (ended) element.play().catch((_aborted: unknown) => undefined);
  });

  const isAtGoal = (element: HTMLVideoElement): boolean =>
    goal.current !== null &&
    Math.abs(element.currentTime - goal.current - length.current() / 2) < length.current() * 0.6;

  const showGoal = useEffectEvent((element: HTMLVideoElement) => {
    if (goal.current === null || element.seeking) return;
    isStepping.current = !isAtGoal(element);
    if (isStepping.current)
      element.currentTime = Math.min(element.duration, frameTarget(goal.current, length.current()));
  });

  useEffect(() => {
    const element = video.current;
    if (element === null) return undefined;
    const listening = new AbortController();
    const { signal } = listening;
    let waiting = 0;
    const watch = (): void => {
      waiting = element.requestVideoFrameCallback((_now, frame) => {
        if (!element.paused && !element.seeking) length.learn(frame);
        shownAt.current = frame.mediaTime;
        follow(element, frame.mediaTime);
        watch();
      });
    };
    watch();
    // No pictures arrive in a hidden window.
    for (const name of ["timeupdate", "ended"])
      element.addEventListener(name, () => follow(element, element.currentTime), { signal });
    element.addEventListener("seeked", () => isStepping.current && showGoal(element), { signal });
    element.addEventListener(
      "seeking",
      () => {
        before.current = Number.NaN;
      },
      { signal },
    );
    return () => {
      listening.abort();
      element.cancelVideoFrameCallback(waiting);
    };
  }, [video, mediaUrl, length]);

  return {
    loop,
    stepLoop() {
      const next = stepLoop(loop, video.current?.currentTime ?? 0);
      setLoop(next);
      return next;
    },
    stepFrame(step) {
      const element = video.current;
      if (element === null || (element.ended && step === 1)) return;
      element.pause();
      const isKnown = goal.current !== null && (isStepping.current || isAtGoal(element));
      const from = isKnown ? (goal.current ?? 0) : shownAt.current;
      goal.current = Math.max(0, from + step * length.current());
      isStepping.current = true;
      if (!element.seeking)
        element.currentTime = Math.min(element.duration, frameTarget(goal.current, length.current()));
    },
  };
}

import { type RefObject, useEffect } from "react";
import { REPEATS } from "../../../src-shared/viewing.ts";
import { useViewing } from "../../bridge/index.tsx";
import { useI18n } from "../../i18n/index.ts";

export type RepeatControl = {
  /** The video begins again at its end. */
  readonly repeatsThis: boolean;
  /** Repeats something else, and says what. */
  readonly step: () => string;
};

/** Plays the video again at its end, if the viewer wants that. */
export function useRepeat(video: RefObject<HTMLVideoElement | null>): RepeatControl {
  const { viewing, change } = useViewing();
  const { queue } = useI18n().messages;
  const repeatsThis = viewing.repeat === "one";
  useEffect(() => {
    const element = video.current;
    if (element === null || !repeatsThis) return undefined;
    const again = (): void => {
      element.currentTime = 0;
      // It rejects only when the viewer pauses at once.
      element.play().catch((_aborted: unknown) => undefined);
    };
    // Not the attribute `loop`: with it, the end is no end, and the video is not marked as watched.
    element.addEventListener("ended", again);
    return () => element.removeEventListener("ended", again);
  }, [video, repeatsThis]);

  return {
    repeatsThis,
    step() {
      const repeat = REPEATS[(REPEATS.indexOf(viewing.repeat) + REPEATS.length - 1) % REPEATS.length] ?? "off";
      change({ repeat });
      return queue.repeatAt(queue.repeats[repeat]);
    },
  };
}

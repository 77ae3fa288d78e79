import { type RefObject, useEffect, useEffectEvent, useRef, useState } from "react";
import type { Playback } from "../../../src-shared/ipc/index.ts";
import type { ProblemCode } from "../../i18n/index.ts";
import type { PlaybackPosition } from "./use-playback.ts";

/** This close to the end, playback starts from the beginning instead. */
const END_SECONDS = 2;

type Continuity = {
  video: RefObject<HTMLVideoElement | null>;
  picture: RefObject<HTMLCanvasElement | null>;
  position: RefObject<PlaybackPosition | null>;
  playback: Playback;
  interruption: ProblemCode | null;
  onMediaError: (code: ProblemCode) => void;
};

/**
 * Starts a video where it was left, and bridges an interruption: the last picture stays on a canvas while the
 * address of the video changes, then playback continues at the same position. Returns whether that picture is shown.
 */
export function useContinuity(given: Continuity): boolean {
  const { video, picture, position, playback, interruption, onMediaError } = given;
  const [frozen, setFrozen] = useState(false);
  // While this is set, the events of the element are about loading, not about watching.
  const held = useRef(true);

  const follow = useEffectEvent((element: HTMLVideoElement, event: Event) => {
    switch (event.type) {
      case "loadedmetadata": {
        const start = position.current ?? { seconds: playback.resumeSeconds, playing: true };
        position.current = start;
        if (start.seconds > 0 && start.seconds < element.duration - END_SECONDS) element.currentTime = start.seconds;
        else release(element);
        return;
      }
      case "seeked":
        if (held.current) release(element);
        return;
      case "error":
        if (interruption === null)
          onMediaError(element.error?.code === MediaError.MEDIA_ERR_DECODE ? "DAMAGED" : "UNREADABLE");
        return;
      default:
        if (!held.current) position.current = { seconds: element.currentTime, playing: !element.paused };
    }
  });

  function release(element: HTMLVideoElement): void {
    if (interruption !== null) return;
    held.current = false;
    setFrozen(false);
    // It rejects only when the user paused again at once, which then is what they want.
    if (position.current?.playing === true) element.play().catch((_aborted: unknown) => undefined);
  }

  useEffect(() => {
    const element = video.current;
    if (element === null) return undefined;
    const listening = new AbortController();
    const names = ["loadedmetadata", "seeked", "error", "timeupdate", "play", "pause", "seeking"];
    for (const name of names)
      element.addEventListener(name, (event) => follow(element, event), { signal: listening.signal });
    return () => listening.abort();
  }, [video]);

  // A new address: set until its metadata is loaded.
  useEffect(() => {
    held.current = true;
  }, [playback.mediaUrl]);

  useEffect(() => {
    const element = video.current;
    if (interruption === null || element === null) return;
    if (!held.current) {
      held.current = true;
      position.current = { seconds: element.currentTime, playing: !element.paused && !element.ended };
    }
    if (picture.current !== null && element.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA) {
      picture.current.width = element.videoWidth;
      picture.current.height = element.videoHeight;
      picture.current.getContext("2d")?.drawImage(element, 0, 0);
      setFrozen(true);
    }
    element.pause();
  }, [interruption, video, picture, position]);

  return frozen;
}

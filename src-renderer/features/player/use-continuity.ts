import { type RefObject, useEffect, useEffectEvent, useRef, useState } from "react";
import type { Playback } from "../../../src-shared/ipc/index.ts";
import type { MediaFault, ProblemCode } from "../../i18n/index.ts";
import { createFreezeWatch, mediaFaultOf } from "./media-fault.ts";
import type { PlaybackPosition } from "./use-playback.ts";

/** This close to the end, playback starts from the beginning instead. */
const END_SECONDS = 2;

type Continuity = {
  video: RefObject<HTMLVideoElement | null>;
  picture: RefObject<HTMLCanvasElement | null>;
  position: RefObject<PlaybackPosition | null>;
  playback: Playback;
  interruption: ProblemCode | null;
  onMediaFault: (fault: MediaFault) => void;
};

/**
 * Starts a video where it was left, and bridges an interruption: the last picture stays on a canvas while the
 * address of the video changes, then playback continues at the same position. Returns whether that picture is shown.
 */
export function useContinuity(given: Continuity): boolean {
  const { video, picture, position, playback, interruption, onMediaFault } = given;
  const [frozen, setFrozen] = useState(false);
  // While this is set, the events of the element are about loading, not about watching.
  const held = useRef(true);
  // The last position that was watched, not only jumped to.
  const watched = useRef<number | null>(null);
  const [isFrozenAfterJump] = useState(createFreezeWatch);

  const follow = useEffectEvent((element: HTMLVideoElement, event: Event) => {
    if (isFrozenAfterJump(element, event.type) && !held.current) return fail(element, "UNSEEKABLE");
    switch (event.type) {
      case "loadedmetadata": {
        // Chromium plays the sound alone if it does not know the codec of the picture.
        if (element.videoWidth === 0) return onMediaFault("UNDECODABLE");
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
        if (interruption === null) fail(element, mediaFaultOf(element));
        return;
      default:
        if (held.current) return;
        position.current = { seconds: element.currentTime, playing: !element.paused };
        if (event.type === "timeupdate" && !element.seeking) watched.current = element.currentTime;
    }
  });

  function fail(element: HTMLVideoElement, fault: MediaFault): void {
    hold(element);
    // The element pauses itself when its decoder fails.
    if (position.current !== null) position.current = { ...position.current, playing: true };
    onMediaFault(fault);
  }

  /** Keeps the position: from now on the element loses it. */
  function hold(element: HTMLVideoElement): void {
    if (held.current) return;
    held.current = true;
    position.current = { seconds: element.currentTime, playing: !element.paused && !element.ended };
  }

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
    hold(element);
    // A place that cannot be jumped to is no place to resume at; the one before it is tried once.
    if (interruption === "UNSEEKABLE") {
      position.current = { seconds: watched.current ?? 0, playing: true };
      watched.current = null;
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

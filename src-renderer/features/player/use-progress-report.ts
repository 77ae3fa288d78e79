import { type RefObject, useEffect } from "react";
import { useBridge } from "../../bridge/index.tsx";
import type { PlaybackPosition } from "./use-playback.ts";

const REPORT_EVERY_MS = 5_000;

/** Reports the position to the main process: every five seconds while it plays, at each pause and after each seek. */
export function useProgressReport(
  video: RefObject<HTMLVideoElement | null>,
  position: RefObject<PlaybackPosition | null>,
  videoId: string,
  interrupted: boolean,
): void {
  const bridge = useBridge();
  useEffect(() => {
    const element = video.current;
    if (element === null || interrupted) return undefined;
    const report = (): void => {
      if (position.current !== null)
        void bridge.call("player.progress", { videoId, positionSeconds: position.current.seconds });
    };
    const listening = new AbortController();
    for (const name of ["pause", "seeked"]) element.addEventListener(name, report, { signal: listening.signal });
    const timer = setInterval(() => {
      if (!element.paused) report();
    }, REPORT_EVERY_MS);
    return () => {
      listening.abort();
      clearInterval(timer);
    };
  }, [bridge, video, position, videoId, interrupted]);
}

import { type RefObject, useEffect, useRef } from "react";
import type { SubtitleTrack } from "./player-store.ts";

/**
 * Remembers the chosen subtitles and applies them to the video. When the video gets another address, its
 * tracks are new and switched off; and once a track was shown, Chromium turns on others by its own preferences.
 */
export function useSubtitleChoice(
  video: RefObject<HTMLVideoElement | null>,
  mediaUrl: string,
): (track: SubtitleTrack | null) => void {
  const label = useRef<string | null>(null);
  useEffect(() => {
    const tracks = video.current?.textTracks;
    if (tracks === undefined) return undefined;
    const hold = (): void => {
      for (const track of tracks) {
        const mode = track.label === label.current ? "showing" : "disabled";
        if (track.mode !== mode) track.mode = mode;
      }
    };
    hold();
    tracks.addEventListener("change", hold);
    return () => tracks.removeEventListener("change", hold);
  }, [video, mediaUrl]);
  return (track) => {
    label.current = track?.label ?? null;
  };
}

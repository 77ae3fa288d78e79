import { type RefObject, useEffect, useRef } from "react";
import type { SubtitleTrack } from "./player-store.ts";

/**
 * Remembers which subtitles were chosen and shows them again when the video comes under another address: its tracks
 * are other elements then, and begin switched off.
 */
export function useSubtitleChoice(
  video: RefObject<HTMLVideoElement | null>,
  mediaUrl: string,
): (track: SubtitleTrack | null) => void {
  const language = useRef<string | null>(null);
  useEffect(() => {
    for (const track of video.current?.textTracks ?? [])
      if (track.language === language.current) track.mode = "showing";
  }, [video, mediaUrl]);
  return (track) => {
    language.current = track?.language ?? null;
  };
}

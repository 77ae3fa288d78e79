import { type RefObject, useEffect, useRef, useState } from "react";
import type { Playback } from "../../../src-shared/ipc/index.ts";
import { useViewing } from "../../bridge/index.tsx";
import { useI18n } from "../../i18n/index.ts";
import { chosenSubtitles, subtitlesToShow } from "./chosen-subtitles.ts";
import { subtitleLabel } from "./subtitle-label.ts";

type Track = Playback["subtitles"][number];

export type SubtitleControl = {
  readonly tracks: readonly Track[];
  /** `null`: they are off. */
  readonly shown: Track | null;
  readonly labelOf: (track: Track) => string;
  readonly show: (track: Track | null) => void;
  /** Switches them on or off, and returns what is shown then. */
  readonly toggle: () => Track | null;
};

/**
 * Shows the subtitles that the viewer wants, and remembers a choice for the next video. When the video gets another
 * address, its tracks are new and switched off; and once a track was shown, Chromium turns on others by its own preferences.
 */
export function useSubtitleChoice(
  video: RefObject<HTMLVideoElement | null>,
  { subtitles: tracks, mediaUrl }: Playback,
  heard: string | undefined,
): SubtitleControl {
  const { viewing, change } = useViewing();
  const { messages, language } = useI18n();
  // Two tracks may have the same language and kind: in this video, the very track counts.
  const [picked, setPicked] = useState<number | null>(null);
  const choice = viewing.subtitles;
  const remembered = chosenSubtitles(tracks, choice, heard ?? language);
  const shown = picked !== null && choice?.shown === true ? (tracks[picked] ?? null) : remembered;
  const labelOf = (track: Track): string => subtitleLabel(track, messages.player);
  const place = shown === null ? -1 : tracks.indexOf(shown);
  const wanted = useRef(place);

  useEffect(() => {
    wanted.current = place;
    const list = video.current?.textTracks;
    if (list === undefined) return undefined;
    const hold = (): void => {
      for (const [index, track] of Array.from(list).entries()) {
        const mode = index === wanted.current ? "showing" : "disabled";
        if (track.mode !== mode) track.mode = mode;
      }
    };
    hold();
    list.addEventListener("change", hold);
    list.addEventListener("addtrack", hold);
    return () => {
      list.removeEventListener("change", hold);
      list.removeEventListener("addtrack", hold);
    };
  }, [video, mediaUrl, place]);

  function show(track: Track | null): void {
    setPicked(track === null ? null : tracks.indexOf(track));
    const off = choice ?? { language: "", kind: null };
    change({
      subtitles:
        track === null ? { ...off, shown: false } : { shown: true, language: track.language, kind: track.kind },
    });
  }

  return {
    tracks,
    shown,
    labelOf,
    show,
    toggle() {
      const next = shown === null ? subtitlesToShow(tracks, choice, language) : null;
      if (tracks.length > 0) show(next);
      return next;
    },
  };
}

import { type RefObject, useEffect, useRef, useState } from "react";
import type { Playback } from "../../../src-shared/ipc/index.ts";
import { useViewing } from "../../bridge/index.tsx";
import { useI18n } from "../../i18n/index.ts";
import { preferredSound, UNKNOWN_LANGUAGE } from "./preferred-sound.ts";

/** The sound tracks of a media element (HTML, 4.8.11.10), which TypeScript's DOM does not know. */
type AudioTracks = ArrayLike<{ enabled: boolean }>;

export type SoundChoice = {
  readonly sounds: Playback["sounds"];
  readonly chosen: number;
  /** The language that is heard, if the film says so. */
  readonly language: string | undefined;
  readonly choose: (index: number) => void;
};

/**
 * Chooses one of several sound tracks: in the language that the viewer chose last, else in the language of the app, else
 * the one that the film prefers, where Chromium takes the first one of the file. The choice stays when the video gets
 * another address, which has new tracks.
 */
export function useSoundChoice(video: RefObject<HTMLVideoElement | null>, playback: Playback): SoundChoice {
  const { sounds, mediaUrl } = playback;
  const { language } = useI18n();
  const { viewing, change } = useViewing();
  const [chosen, setChosen] = useState(() => preferredSound(sounds, [viewing.soundLanguage, language]));
  const latest = useRef(chosen);
  useEffect(() => {
    const element = video.current;
    if (element === null || sounds.length < 2) return undefined;
    const apply = (): void => enable(element, latest.current);
    apply();
    element.addEventListener("loadedmetadata", apply);
    return () => element.removeEventListener("loadedmetadata", apply);
  }, [video, mediaUrl, sounds.length]);

  function choose(index: number): void {
    latest.current = index;
    setChosen(index);
    if (video.current !== null) enable(video.current, index);
    const spoken = sounds[index]?.language ?? UNKNOWN_LANGUAGE;
    if (spoken !== UNKNOWN_LANGUAGE) change({ soundLanguage: spoken });
  }
  return { sounds, chosen, language: sounds[chosen]?.language, choose };
}

function enable(element: HTMLVideoElement, index: number): void {
  const tracks = (element as { audioTracks?: AudioTracks }).audioTracks;
  if (tracks === undefined || index >= tracks.length) return;
  for (let i = 0; i < tracks.length; i++) {
    const track = tracks[i];
    if (track !== undefined && track.enabled !== (i === index)) track.enabled = i === index;
  }
}

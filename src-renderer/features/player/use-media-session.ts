import { type RefObject, useEffect, useEffectEvent } from "react";
import { COMMANDS, type PlayerCommand } from "./player-keys.ts";
import { positionStateOf } from "./position-state.ts";

type MediaSessionOptions = {
  video: RefObject<HTMLVideoElement | null>;
  title: string;
  /** Its section, and its place there. */
  place: string;
  hasNext: boolean;
  hasPrevious: boolean;
  run: (command: PlayerCommand) => void;
  onSeek: (seconds: number) => void;
};

const POSITION_EVENTS = ["loadedmetadata", "seeked", "ratechange", "play", "pause", "ended"];

/** The media keys of the keyboard, and the media panel of the system. No picture is given to it. */
export function useMediaSession(options: MediaSessionOptions): void {
  const { video, title, place, hasNext, hasPrevious } = options;
  const act = useEffectEvent((command: PlayerCommand) => options.run(command));
  const seek = useEffectEvent((seconds: number) => options.onSeek(seconds));
  const setPlaying = useEffectEvent((plays: boolean) => {
    if (video.current !== null && video.current.paused === plays) options.run(COMMANDS.togglePlay);
  });

  useEffect(() => {
    const { mediaSession } = navigator;
    mediaSession.metadata = new MediaMetadata({ title, album: place });
    return () => {
      mediaSession.metadata = null;
    };
  }, [title, place]);

  useEffect(() => {
    const { mediaSession } = navigator;
    const handlers: readonly (readonly [MediaSessionAction, MediaSessionActionHandler | null])[] = [
      ["play", () => setPlaying(true)],
      ["pause", () => setPlaying(false)],
      ["stop", () => setPlaying(false)],
      ["seekbackward", () => act(COMMANDS.back10)],
      ["seekforward", () => act(COMMANDS.forward10)],
      ["seekto", ({ seekTime }) => seekTime !== undefined && seek(seekTime)],
      // The panel shows its buttons for what there is.
      ["nexttrack", hasNext ? () => act(COMMANDS.next) : null],
      ["previoustrack", hasPrevious ? () => act(COMMANDS.previous) : null],
    ];
    for (const [action, handler] of handlers) mediaSession.setActionHandler(action, handler);
    return () => {
      for (const [action] of handlers) mediaSession.setActionHandler(action, null);
    };
  }, [hasNext, hasPrevious]);

  useEffect(() => {
    const element = video.current;
    if (element === null) return undefined;
    const listening = new AbortController();
    const tell = (): void => {
      const state = positionStateOf(element.currentTime, element.duration, element.playbackRate);
      navigator.mediaSession.setPositionState(state ?? undefined);
    };
    for (const name of POSITION_EVENTS) element.addEventListener(name, tell, { signal: listening.signal });
    return () => {
      listening.abort();
      navigator.mediaSession.setPositionState();
    };
  }, [video]);
}

import { createMediaStore, type MediaStore } from "media-chrome/media-store/media-store";
import { MediaActionTypes, useMediaSelector } from "media-chrome/react/media-store";

/**
 * The media-chrome state of a media element, without its web components: those have `<style>` in shadow roots, which the
 * page's `style-src 'self'` blocks. The app's settings replace its localStorage.
 */
export function createPlayerStore(): MediaStore {
  return createMediaStore({
    documentElement: document,
    // The whole page goes full screen, so that menus and dialogs stay visible.
    fullscreenElement: document.documentElement,
    options: { noVolumePref: true, noMutedPref: true, noSubtitlesLangPref: true },
  });
}

export function useMedia<T>(select: (media: MediaView) => T): T {
  return useMediaSelector((state) =>
    select({
      paused: state.mediaPaused ?? true,
      ended: state.mediaEnded ?? false,
      loading: state.mediaLoading ?? false,
      currentTime: state.mediaCurrentTime ?? 0,
      volume: state.mediaMuted === true ? 0 : (state.mediaVolume ?? 1),
      muted: state.mediaMuted ?? false,
      rate: state.mediaPlaybackRate ?? 1,
      fullscreen: state.mediaIsFullscreen ?? false,
      buffered: state.mediaBuffered ?? [],
    }),
  );
}

export type MediaView = {
  readonly paused: boolean;
  readonly ended: boolean;
  readonly loading: boolean;
  readonly currentTime: number;
  /** The audible volume: 0 while muted. */
  readonly volume: number;
  readonly muted: boolean;
  readonly rate: number;
  readonly fullscreen: boolean;
  readonly buffered: readonly (readonly [number, number])[];
};

/** All requests of the controls to the media element. */
export type MediaRequests = {
  play: () => void;
  pause: () => void;
  seek: (seconds: number) => void;
  volume: (share: number) => void;
  mute: (on: boolean) => void;
  rate: (rate: number) => void;
  fullscreen: (on: boolean) => void;
};

export function mediaRequests(store: MediaStore): MediaRequests {
  const ask = (type: string, detail?: unknown): void => store.dispatch({ type, detail });
  const actions = MediaActionTypes;
  return {
    play: () => ask(actions.MEDIA_PLAY_REQUEST),
    pause: () => ask(actions.MEDIA_PAUSE_REQUEST),
    seek: (seconds) => ask(actions.MEDIA_SEEK_REQUEST, seconds),
    volume: (share) => ask(actions.MEDIA_VOLUME_REQUEST, share),
    mute: (on) => ask(on ? actions.MEDIA_MUTE_REQUEST : actions.MEDIA_UNMUTE_REQUEST),
    rate: (rate) => ask(actions.MEDIA_PLAYBACK_RATE_REQUEST, rate),
    fullscreen: (on) => ask(on ? actions.MEDIA_ENTER_FULLSCREEN_REQUEST : actions.MEDIA_EXIT_FULLSCREEN_REQUEST),
  };
}

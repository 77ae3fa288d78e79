import type { MediaFault } from "../../i18n/index.ts";

/** A film of unknown length that showed no picture for so long after a jump will show none. */
const FROZEN_SECONDS = 4;

/**
 * What an error of the media element means. It never means damage: only a seal that does not hold shows that, and the
 * main process reports it.
 */
export function mediaFaultOf({ error, seeking }: HTMLMediaElement): MediaFault {
  if (error?.code === MediaError.MEDIA_ERR_NETWORK) return "UNREADABLE";
  return seeking ? "UNSEEKABLE" : "UNDECODABLE";
}

/**
 * Notices a picture that stays frozen after a jump while the sound goes on: Chromium reports no error where a film
 * without an index has no key frame.
 */
export function createFreezeWatch(): (element: HTMLVideoElement, event: string) => boolean {
  let jump: { readonly seconds: number; readonly pictures: number } | undefined;
  return (element, event) => {
    const pictures = element.getVideoPlaybackQuality().totalVideoFrames;
    if (event === "loadedmetadata") jump = undefined;
    if (event === "seeked") jump = { seconds: element.currentTime, pictures };
    if (jump === undefined || Number.isFinite(element.duration) || event !== "timeupdate") return false;
    return pictures === jump.pictures && element.currentTime > jump.seconds + FROZEN_SECONDS;
  };
}

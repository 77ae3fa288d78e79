import { type RefObject, useEffect, useEffectEvent, useLayoutEffect } from "react";
import { useViewing } from "../../bridge/index.tsx";

/** A slider reports dozens of values while it moves; only the last one is saved. */
const REST_MS = 400;

/** Starts with the volume and the speed of last time, and saves each change. */
export function useKeptControls(video: RefObject<HTMLVideoElement | null>): void {
  const { viewing, change } = useViewing();
  const begin = useEffectEvent((element: HTMLVideoElement) => {
    element.volume = viewing.volume;
    element.muted = viewing.muted;
    // The element falls back to the default rate when its address changes.
    element.defaultPlaybackRate = viewing.speed;
    element.playbackRate = viewing.speed;
  });
  const keep = useEffectEvent((element: HTMLVideoElement) => {
    const { volume, muted, defaultPlaybackRate: speed } = element;
    if (volume !== viewing.volume || muted !== viewing.muted) change({ volume, muted });
    if (speed !== viewing.speed) change({ speed });
  });

  useLayoutEffect(() => {
    if (video.current !== null) begin(video.current);
  }, [video]);

  useEffect(() => {
    const element = video.current;
    if (element === null) return undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const wait = (): void => {
      clearTimeout(timer);
      timer = setTimeout(() => keep(element), REST_MS);
    };
    for (const name of ["volumechange", "ratechange"]) element.addEventListener(name, wait);
    return () => {
      for (const name of ["volumechange", "ratechange"]) element.removeEventListener(name, wait);
      clearTimeout(timer);
      keep(element);
    };
  }, [video]);
}

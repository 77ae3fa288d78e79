import { type RefObject, useEffect, useEffectEvent, useLayoutEffect } from "react";
import type { Settings } from "../../../src-shared/ipc/index.ts";
import { useBridge } from "../../bridge/index.tsx";

/** A slider reports dozens of values while it moves; only the last one is saved. */
const REST_MS = 400;

/** Starts with the volume of last time, and saves each change. */
export function useVolumeMemory(video: RefObject<HTMLVideoElement | null>, settings: Settings): void {
  const bridge = useBridge();
  const begin = useEffectEvent((element: HTMLVideoElement) => {
    element.volume = settings.volume;
    element.muted = settings.muted;
  });
  const keep = useEffectEvent((element: HTMLVideoElement) => {
    const { volume, muted } = element;
    if (volume !== settings.volume || muted !== settings.muted) void bridge.call("settings.change", { volume, muted });
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
    element.addEventListener("volumechange", wait);
    return () => {
      element.removeEventListener("volumechange", wait);
      clearTimeout(timer);
      keep(element);
    };
  }, [video]);
}

import type { Page } from "playwright";
import { expect } from "vitest";

export type Video = {
  seconds: number;
  paused: boolean;
  seeking: boolean;
  /** Enough is loaded to show this frame and the next. */
  ready: boolean;
  rate: number;
  volume: number;
  muted: boolean;
  src: string;
  /** The visible subtitles. */
  cues: string[];
};

export function videoState(page: Page): Promise<Video> {
  return page.locator("video").evaluate((element: HTMLVideoElement) => {
    const showing = [...element.textTracks].filter((track) => track.mode === "showing");
    return {
      seconds: element.currentTime,
      paused: element.paused,
      seeking: element.seeking,
      ready: element.readyState > HTMLMediaElement.HAVE_CURRENT_DATA,
      rate: element.playbackRate,
      volume: element.volume,
      muted: element.muted,
      src: element.currentSrc,
      cues: showing.flatMap((track) => [...(track.activeCues ?? [])].map((cue) => (cue as VTTCue).text)),
    };
  });
}

export async function untilVideo(page: Page, holds: (now: Video) => boolean): Promise<void> {
  await expect.poll(async () => holds(await videoState(page)), { timeout: 30_000 }).toBe(true);
}

/** Opens the clip, which was left at 12 of its 30 seconds, and waits until it plays. */
export async function startClip(page: Page): Promise<void> {
  await page
    .getByRole("gridcell", { name: /^The harbour 30/ })
    .locator("[data-card]")
    .click();
  await page.locator("video").waitFor();
  await untilVideo(page, (now) => !now.paused && now.ready && now.seconds > 12);
}

export async function pauseClip(page: Page): Promise<void> {
  await page.keyboard.press("k");
  await untilVideo(page, (now) => now.paused);
}

/** Waits for the end of a seek. The position may move by one frame after a pause. */
export async function untilSeeked(page: Page, seconds: number): Promise<Video> {
  await untilVideo(page, (now) => !now.seeking && Math.abs(now.seconds - seconds) < 0.1);
  return videoState(page);
}

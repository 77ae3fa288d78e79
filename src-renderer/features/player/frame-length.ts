import type { Seconds } from "../../../src-shared/units.ts";

/** Until two pictures of the film have been seen: most films have 24 to 30 a second. */
const USUAL: Seconds = 1 / 25;
const SHORTEST: Seconds = 1 / 240;
const LONGEST: Seconds = 1;

/** One picture, as `requestVideoFrameCallback` reports it. */
export type ShownFrame = { readonly mediaTime: Seconds; readonly presentedFrames: number };

/** Learns how long one picture of a film stands, from those that were shown one after the other. */
export type FrameLength = { readonly learn: (frame: ShownFrame) => void; readonly current: () => Seconds };

export function createFrameLength(): FrameLength {
  let last: ShownFrame | undefined;
  let length = USUAL;
  return {
    learn(frame) {
      const count = frame.presentedFrames - (last?.presentedFrames ?? frame.presentedFrames);
      const passed = frame.mediaTime - (last?.mediaTime ?? frame.mediaTime);
      const each = passed / count;
      // After a jump, or where pictures were dropped, the distance says nothing.
      if (count === 1 && each >= SHORTEST && each <= LONGEST) length = each;
      last = frame;
    },
    current: () => length,
  };
}

/** The position that shows the picture which begins at this time: its middle, so that no rounding leads to its neighbour. */
export function frameTarget(begin: Seconds, length: Seconds): Seconds {
  return begin + length / 2;
}

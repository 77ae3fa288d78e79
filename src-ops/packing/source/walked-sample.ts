import type { Seconds } from "../../../src-shared/units.ts";

/** A sample with the time at which it is presented, as both kinds of container give it. */
export type WalkedSample = {
  readonly trackId: number;
  readonly startSeconds: Seconds;
  readonly endSeconds: Seconds;
  /** `undefined` if the file ends before the sample does. Valid until the next sample. */
  readonly data: Uint8Array | undefined;
};

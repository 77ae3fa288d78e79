import type { Seconds, UnixSeconds } from "../units.ts";

/** The playback position of a viewer in one video. */
export type Watched = { readonly positionSeconds: Seconds; readonly at: UnixSeconds; readonly finished: boolean };

/** As if the video had never been opened. */
export const NEVER_WATCHED: Watched = { positionSeconds: 0, at: 0, finished: false };

const CREDITS_SHARE = 0.97;

/**
 * A video counts as finished in its last 3 %: nobody wants to resume in the credits. The next time it starts from the
 * beginning.
 */
export function watchedAt(positionSeconds: Seconds, durationSeconds: Seconds, now: UnixSeconds): Watched {
  const finished = durationSeconds > 0 && positionSeconds >= durationSeconds * CREDITS_SHARE;
  return { positionSeconds: finished ? 0 : positionSeconds, at: now, finished };
}

import type { Seconds } from "../../../src-shared/units.ts";

/** A part that is repeated. Without an end, only its beginning is set. */
export type Loop = { readonly start: Seconds; readonly end: Seconds | null };

/** Shorter ones would be seeking all the time. */
const SHORTEST: Seconds = 0.5;

/** What the key does: sets the beginning, then the end, then takes both away. An end before the beginning changes places with it. */
export function stepLoop(loop: Loop | null, at: Seconds): Loop | null {
  if (loop === null) return { start: at, end: null };
  if (loop.end !== null) return null;
  const [start, end] = at < loop.start ? [at, loop.start] : [loop.start, at];
  return end - start < SHORTEST ? { start: at, end: null } : { start, end };
}

/**
 * Where playback goes on, if it has just played over the end of the loop; `null`: it goes on as it is. A jump out of the loop
 * is the viewer's wish.
 */
export function loopTarget(loop: Loop | null, before: Seconds, now: Seconds): Seconds | null {
  if (loop === null || loop.end === null) return null;
  return before >= loop.start && before < loop.end && now >= loop.end ? loop.start : null;
}

import type { Seconds } from "../../../src-shared/units.ts";

/** What the system's media panel is told about the position; `null`: nothing. The page would fail with any other values. */
export function positionStateOf(
  position: Seconds,
  duration: Seconds,
  playbackRate: number,
): { readonly position: Seconds; readonly duration: Seconds; readonly playbackRate: number } | null {
  // A film that does not know its length, or has no metadata yet.
  if (!Number.isFinite(duration) || duration <= 0 || playbackRate <= 0) return null;
  return { position: Math.min(duration, Math.max(0, position)), duration, playbackRate };
}

import { HOUR, MINUTE, type Seconds, type UnixSeconds } from "../units.ts";
import { REPLAYS } from "./feed.ts";
import type { UpdateProblem } from "./problems.ts";

// A cache on the way, or one server of several, may still have yesterday's feed. So an answer that is older than what was
// seen installs nothing, but nobody is suspected yet: the feed is asked for again past caches, and again later.

/** For so long older answers may be the caches' fault. */
export const OLDER_COPY_GRACE: Seconds = HOUR;
/** The time until the next check, while they may. */
export const OLDER_COPY_RETRY: Seconds = 10 * MINUTE;

const OLDER: ReadonlySet<UpdateProblem> = new Set<UpdateProblem>(["ROLLED_BACK", ...REPLAYS]);

/** Whether an answer that was refused for this reason may come from a cache. */
export function mayBeCached(code: UpdateProblem): boolean {
  return OLDER.has(code) || code === "EXPIRED";
}

/**
 * The reason to give for a refused answer: `OLDER_COPY` until older answers have come for so long that caches do not explain
 * them. `since`: when they began, to be remembered; `undefined`: they did not.
 */
export function judgeOlderCopy(
  code: UpdateProblem,
  since: UnixSeconds | undefined,
  now: UnixSeconds,
): { readonly code: UpdateProblem; readonly since: UnixSeconds | undefined } {
  if (!OLDER.has(code)) return { code, since };
  // A time in the future was noted before the clock was set back.
  if (since === undefined || since > now) return { code: "OLDER_COPY", since: now };
  return { code: now - since < OLDER_COPY_GRACE ? "OLDER_COPY" : code, since };
}

import { HOUR, MINUTE, type Seconds } from "../../src-shared/units.ts";
import { REPLAYS, type UpdateProblem } from "../../src-shared/updates/index.ts";
import type { UpdatePorts } from "./ports.ts";

// A cache on the way, or one server of several, may still have yesterday's feed. So an answer that is older than what was
// seen installs nothing, but nobody is suspected yet: the feed is asked for again past caches, and again later.

/** For so long older answers may be the caches' fault. */
export const OLDER_COPY_PATIENCE: Seconds = HOUR;
/** The time until the next check, while they may. */
export const OLDER_COPY_RETRY: Seconds = 10 * MINUTE;

const OLDER: ReadonlySet<UpdateProblem> = new Set<UpdateProblem>(["ROLLED_BACK", ...REPLAYS]);

/** Whether an answer that was refused for this reason may come from a cache. */
export function mayBeCached(code: UpdateProblem): boolean {
  return OLDER.has(code) || code === "EXPIRED";
}

/** The reason to give: `OLDER_COPY` until older answers have come for so long that caches do not explain them. */
export async function afterPatience(
  code: UpdateProblem,
  { memory, now }: Pick<UpdatePorts, "memory" | "now">,
): Promise<UpdateProblem> {
  if (!OLDER.has(code)) return code;
  const since = memory.olderSince();
  const at = now();
  // A time in the future was noted before the clock was set back.
  if (since !== undefined && since <= at) return at - since < OLDER_COPY_PATIENCE ? "OLDER_COPY" : code;
  await memory.noteOlder(at);
  return "OLDER_COPY";
}

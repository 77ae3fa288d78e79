import type { Ring } from "../../src-shared/license/index.ts";
import { HOUR, MINUTE, type Seconds } from "../../src-shared/units.ts";

/** The time until the next check of the feed (design.md, Updates): short where a halt must arrive soon. */
export function pollDelay(ring: Ring, isPending: boolean, random: () => number): Seconds {
  if (ring !== "ga" || isPending) return MINUTE;
  // Varied by a tenth in either direction, so that a whole country does not ask at once.
  return 4 * HOUR * (0.9 + 0.2 * random());
}

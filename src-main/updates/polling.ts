import type { Ring } from "../../src-shared/license/index.ts";
import { HOUR, MINUTE, type Seconds } from "../../src-shared/units.ts";

/** How long until the feed is asked again (design.md, Updates): soon where a halt must arrive soon. */
export function pollDelay(ring: Ring, isPending: boolean, random: () => number): Seconds {
  if (ring !== "ga" || isPending) return MINUTE;
  // A tenth either way, so that a whole country does not ask at once.
  return 4 * HOUR * (0.9 + 0.2 * random());
}

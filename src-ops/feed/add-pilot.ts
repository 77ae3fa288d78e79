import { writeFileAtomic } from "../../src-shared/node/atomic-files.ts";
import { readSmallFile } from "../../src-shared/node/plain-files.ts";
import { ok } from "../../src-shared/result.ts";
import { parseRingTargets, type RingTargets } from "../gates/index.ts";
import { type Attempt, fail } from "../failure.ts";
import { withFeedTransaction, type FeedLocation } from "./feed-transaction.ts";
import { sha256Hex } from "./metadata.ts";
import { pilotsIn } from "./promotion/index.ts";
import { ringTargetsPath } from "./feed-paths.ts";
import { formatRingTargets, validatedRings } from "./ring-targets.ts";
import { utf8 } from "../../src-shared/encoding/text.ts";
import { MIB, type UnixSeconds } from "../../src-shared/units.ts";

export type NewPilot = { readonly hostname: string; readonly agreement: string; readonly signed: string };

/** Enters a client with a signed agreement as a pilot of ring1, or replaces the agreement of a known pilot. */
export function addPilot(
  location: FeedLocation,
  { hostname, agreement, signed }: NewPilot,
  now: UnixSeconds,
): Promise<Attempt<{ readonly pilots: number; readonly sha256: string }>> {
  return withFeedTransaction(location, now, async ({ feed, ringTargets }) => {
    const bytes = await readSmallFile(agreement, 64 * MIB);
    if (!bytes || bytes.length === 0) return fail("SOURCE_UNREADABLE", `${agreement} is not a regular file.`);
    const sha256 = sha256Hex(bytes);
    const text = formatRingTargets(
      withPilot(ringTargets, { hostname, sha256, signed }),
      validatedRings(feed.documents.rings),
    );
    const entered = parseRingTargets(utf8(text));
    if (!entered.ok) {
      return fail(
        "RING_TARGETS_INVALID",
        `${hostname} is not a valid computer name or is in another ring, or the day is not valid.`,
      );
    }
    await writeFileAtomic(ringTargetsPath(feed.folder), text);
    return ok({ pilots: pilotsIn(entered.value).count, sha256 });
  });
}

function withPilot(
  { rings }: RingTargets,
  { hostname, ...agreement }: { readonly hostname: string; readonly sha256: string; readonly signed: string },
): RingTargets {
  const others = rings.ring1.targets.filter((target) => target.hostname.toLowerCase() !== hostname.toLowerCase());
  const pilot = { hostname, type: "client" as const, agreement };
  return { rings: { ...rings, ring1: { ...rings.ring1, targets: [...others, pilot] } } };
}

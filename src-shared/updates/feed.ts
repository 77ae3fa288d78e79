import {
  type Counter,
  isBehind,
  type LedgerHead,
  compareCounters,
  type SeenCounter,
  type LedgerUpdate,
} from "../ledger/index.ts";
import type { Ring } from "../license/index.ts";
import { err, ok, type Result } from "../result.ts";
import type { UnixSeconds } from "../units.ts";
import { haltedName, type Halts } from "./halt.ts";
import type { ListedBuilds } from "./listed-builds.ts";
import type { Release } from "./release.ts";
import { SECURITY_PATH, type SecurityDocument } from "./security.ts";

/** A document with its counter: the generation of the role that signed it, its `seq`, and its hash in base64url. */
export type CountedDocument<T> = { readonly document: T; readonly counter: SeenCounter };

/** Everything that one installation reads from a feed with valid signatures, hashes and dates. */
export type Feed = {
  readonly ring: Ring;
  /** Versions of every role that was loaded. */
  readonly roles: ReadonlyMap<string, Counter>;
  readonly security: CountedDocument<SecurityDocument> | undefined;
  readonly release: CountedDocument<Release> | undefined;
  readonly halts: CountedDocument<Halts> | undefined;
  readonly builds: ListedBuilds;
};

export const REPLAYS = ["METADATA_REPLAYED", "SECURITY_REPLAYED", "RELEASE_REPLAYED", "HALT_REPLAYED"] as const;
export type Replay = (typeof REPLAYS)[number];

/**
 * Refuses a feed that shows less than was seen before: an older version, an older document, a different document with
 * the same number, or no document where there was one. Signatures do not prevent this: replayed data was signed once.
 */
export function refuseReplay(feed: Feed, head: LedgerHead): Result<undefined, Replay> {
  const { roles, rings, halts } = head.updates;
  for (const [role, version] of feed.roles) {
    const seen = roles.get(role);
    if (seen && compareCounters(version, seen) < 0) return err("METADATA_REPLAYED");
  }
  const floor = roles.get(SECURITY_PATH);
  if (floor && (!feed.security || compareCounters(feed.security.counter, floor) < 0)) return err("SECURITY_REPLAYED");
  if (isReplayed(feed.release, rings.get(feed.ring))) return err("RELEASE_REPLAYED");
  if (isReplayed(feed.halts, halts.get(feed.ring))) return err("HALT_REPLAYED");
  return ok(undefined);
}

function isReplayed(shown: CountedDocument<unknown> | undefined, seen: SeenCounter | undefined): boolean {
  return seen !== undefined && (!shown || isBehind(shown.counter, seen));
}

/** What the ledger learns from a feed that is not a replay. */
export function ledgerUpdateFromFeed(feed: Feed, now: UnixSeconds): LedgerUpdate {
  const { ring, roles, security, release, halts } = feed;
  return {
    now,
    buildFloor: security?.document.buildFloor ?? 0,
    updates: {
      roles: security ? new Map([...roles, [SECURITY_PATH, withoutHash(security.counter)]]) : roles,
      rings: new Map(release ? [[ring, release.counter]] : []),
      halts: new Map(halts ? [[ring, halts.counter]] : []),
      halted: haltsToRemember(feed),
    },
  };
}

// Only builds that the feed lists: the holder of the halt key cannot fill the ledger with invented ones.
function haltsToRemember({ ring, halts, builds }: Feed): ReadonlyMap<string, Counter> {
  if (!halts) return new Map();
  const { generation } = halts.counter;
  const listed = halts.document.halts.filter(({ build }) => builds.has(build));
  return new Map(listed.map(({ build, seq }) => [haltedName(ring, build), { generation, sequence: seq }]));
}

function withoutHash({ generation, sequence }: SeenCounter): Counter {
  return { generation, sequence };
}

import { join } from "node:path";
import { type Ring, RINGS } from "../../src-shared/license/index.ts";
import { ok } from "../../src-shared/result.ts";
import type { BuildId, FeedRole, Halt, Release } from "../../src-shared/updates/index.ts";
import type { UnixSeconds } from "../../src-shared/units.ts";
import type { Attempt } from "../failure.ts";
import { FEED_ROLES } from "../keys/index.ts";
import { exists } from "../paths.ts";
import { type ListedBuild, activeHalts } from "./documents.ts";
import { type Feed, loadFeed } from "./load-feed.ts";
import { type PendingChange, pendingChanges } from "./pending-status.ts";
import { journalPath, PUBLIC_KEYS } from "./feed-paths.ts";
import { expiryOf } from "./refresh.ts";
import { readSigners } from "./signers.ts";
import { rollbackStateOf } from "./rollback-state.ts";
import { validatedRings, readRingTargets } from "./ring-targets.ts";

export type RingStatus = {
  readonly release: Release | undefined;
  readonly validated: boolean;
  /** The active halt of the build that the ring runs, or else the latest. */
  readonly halt: Halt | undefined;
  readonly halts: readonly Halt[];
  readonly offered: readonly BuildId[];
};

export type FeedStatus = {
  readonly rings: Readonly<Record<Ring, RingStatus>>;
  readonly builds: readonly ListedBuild[];
  readonly security: { readonly buildFloor: number; readonly revokedBuilds: readonly BuildId[] };
  readonly roles: readonly RoleStatus[];
  readonly pending: readonly PendingChange[];
  /** What the next command will do first, or why it will fail. */
  readonly notes: readonly string[];
  readonly developmentKeys: boolean;
};

export type RoleStatus = {
  readonly role: FeedRole;
  readonly version: number;
  readonly expires: UnixSeconds;
  readonly expired: boolean;
  readonly threshold: number;
  readonly generation: number;
  readonly keyids: readonly string[];
};

/** The state that the signed documents describe, without the signers and the pending changes. */
export type SignedState = Pick<FeedStatus, "rings" | "builds" | "security">;

export function signedStateOf({ documents, keyring }: Pick<Feed, "documents" | "keyring">): SignedState {
  const validated = validatedRings(documents.rings);
  const ringOf = (ring: Ring): RingStatus => {
    const state = documents.rings[ring];
    const halts = activeHalts(documents, ring, keyring.halt.generation);
    const halt = halts.find(({ build }) => build === state.release?.build) ?? halts.at(-1);
    // What its keys have validated stays signed; but a build that was rolled back is not promoted with it.
    const isRolledBack = state.release && rollbackStateOf(documents.rings, ring, state.release.build) !== undefined;
    return { release: state.release, validated: validated[ring] && !isRolledBack, halt, halts, offered: state.offered };
  };
  const { buildFloor, revokedBuilds } = documents.security;
  return {
    rings: { ring0: ringOf("ring0"), ring1: ringOf("ring1"), ga: ringOf("ga") },
    builds: [...documents.builds.values()],
    security: { buildFloor, revokedBuilds },
  };
}

/** The state of a feed and its signing keys. Changes nothing, and opens no private key. */
export async function feedStatus(repo: string, keys: string, now: UnixSeconds): Promise<Attempt<FeedStatus>> {
  const loaded = await loadFeed(repo, join(keys, PUBLIC_KEYS));
  if (!loaded.ok) return loaded;
  const feed = loaded.value;
  const signers = await readSigners(repo);
  if (!signers.ok) return signers;
  return ok({
    ...signedStateOf(feed),
    roles: FEED_ROLES.map((role) => roleStatus(feed, role, now)),
    pending: await pendingChanges(feed, signers.value, now),
    notes: await notesOn(feed),
    developmentKeys: feed.dev,
  });
}

function roleStatus(feed: Feed, role: FeedRole, now: UnixSeconds): RoleStatus {
  const byRole = { root: feed.root, snapshot: feed.snapshot, timestamp: feed.timestamp };
  const metadata = role in byRole ? byRole[role as keyof typeof byRole] : feed.roles.get(role as "targets");
  const { threshold, generation, keys } = feed.keyring[role];
  const expires = expiryOf(feed, role);
  return {
    role,
    version: metadata?.signed.version ?? 0,
    expires,
    expired: expires <= now,
    threshold,
    generation,
    keyids: keys.map(({ keyid }) => keyid),
  };
}

async function notesOn(feed: Feed): Promise<readonly string[]> {
  const unfinished = (await exists(journalPath(feed.folder)))
    ? ["A publication was interrupted: the next command finishes it first."]
    : [];
  const ringTargets = await readRingTargets(feed.folder, feed.documents.rings);
  const halts = RINGS.flatMap((ring) =>
    activeHalts(feed.documents, ring, feed.keyring.halt.generation).map(
      ({ build, reason }) => `${ring}: build ${build} is halted: ${reason}`,
    ),
  );
  return [...unfinished, ...halts, ...(ringTargets.ok ? [] : [ringTargets.error.message])];
}

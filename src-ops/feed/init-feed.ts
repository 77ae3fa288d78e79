import { Metadata } from "@tufjs/models";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { utf8 } from "../../src-shared/encoding/text.ts";
import { writeFileAtomic } from "../../src-shared/node/atomic-files.ts";
import { ok } from "../../src-shared/result.ts";
import { NO_RING_TARGETS } from "../gates/index.ts";
import { type Attempt, fail } from "../failure.ts";
import {
  currentKey,
  FEED_ROLES,
  feedBundlesFolder,
  type FeedKey,
  loadPublisher,
  openFeedKeys,
  withLockFile,
} from "../keys/index.ts";
import { exists } from "../paths.ts";
import { type Draft, applyDraft, signDraft } from "./draft.ts";
import { delegationsFor, type Keyring, nextRoot } from "./keyring.ts";
import { encode, nextTargets, targetOf } from "./metadata.ts";
import { lockPath, metadataPath, PUBLIC_KEYS, ROOT_ANCHOR, TIMESTAMP_FILE } from "./feed-paths.ts";
import { publish } from "./publish.ts";
import { checkBundlesFolder, type FeedOrder, makeBundles, placesOf, signersOf } from "./bundles.ts";
import { type Bundle, DELEGATED, thresholdOf } from "./roles.ts";
import { writeSigners } from "./signers.ts";
import { type FeedRole, SECURITY_PATH, type SecurityDocument } from "../../src-shared/updates/index.ts";
import type { UnixSeconds } from "../../src-shared/units.ts";

export type InitializedFeed = {
  readonly anchor: string;
  readonly bundles: readonly (Pick<Bundle, "owner" | "place"> & {
    readonly folder: string;
    readonly roles: readonly FeedRole[];
  })[];
  readonly developmentKeys: boolean;
};

/** Creates the keys of a feed, one bundle for each person and machine, and publishes its first, empty state. The feed gets
 * development keys if the publisher's other keys are development keys. FEED_EXISTS, KEYS_EXIST, KEYS_MISSING.
 */
export async function initFeed(order: FeedOrder, now: UnixSeconds): Promise<Attempt<InitializedFeed>> {
  const publisher = await loadPublisher(order.keys);
  if (!publisher.ok) return publisher;
  const key = await currentKey(publisher.value, "license-issuer");
  if (!key.ok) return key;
  return withLockFile(lockPath(order.repo), () => initUnderLock(order, key.value.dev, now));
}

async function initUnderLock(order: FeedOrder, dev: boolean, now: UnixSeconds): Promise<Attempt<InitializedFeed>> {
  const { repo, keys, people } = order;
  const anchor = join(keys, PUBLIC_KEYS, ROOT_ANCHOR);
  const free = await checkFolders(order, anchor, dev);
  if (!free.ok) return free;
  const places = placesOf(order);
  const made = await makeBundles(places, order, dev);
  const signers = await openFeedKeys(places.map(({ folder }) => folder));
  if (!signers.ok) return signers;
  const keyring = keyringFrom(made, people.length);
  const draft = firstState(keyring, dev, now);
  signDraft(draft, signers.value, [keyring]);
  await writeFileAtomic(anchor, encode(draft.root));
  if (order.out !== undefined) {
    for (const name of people) {
      await mkdir(join(order.out, name, PUBLIC_KEYS), { recursive: true });
      await writeFileAtomic(join(order.out, name, PUBLIC_KEYS, ROOT_ANCHOR), encode(draft.root));
    }
  }
  const after = await applyDraft({ folder: repo, root: draft.root, roles: draft.roles }, draft);
  if (!after.ok) return after;
  await writeSigners(repo, signersOf(places, signers.value));
  const publication = { folder: repo, before: undefined, draft, after: after.value, ringTargets: NO_RING_TARGETS };
  const missing = await publish(publication, signers.value, now);
  if (!missing.ok) return missing;
  if (missing.value.length > 0) throw new TypeError("the new keys did not sign the first state of the feed");
  return ok({
    anchor,
    bundles: places.map(({ owner, place, folder, roles }) => ({ owner, place, folder, roles })),
    developmentKeys: dev,
  });
}

async function checkFolders(order: FeedOrder, anchor: string, dev: boolean): Promise<Attempt<undefined>> {
  const { repo, keys } = order;
  const folder = feedBundlesFolder(keys);
  if (await exists(metadataPath(repo, TIMESTAMP_FILE))) {
    return fail("FEED_EXISTS", `${repo} already has an update feed: use it, or choose another folder with --repo.`);
  }
  if ((await exists(folder)) || (await exists(anchor))) {
    const both = `${folder} and ${anchor}`;
    return fail("KEYS_EXIST", `${keys} already has keys of a feed: if no app was built with them, delete ${both}.`);
  }
  return order.out === undefined ? ok(undefined) : checkBundlesFolder(order.out, order, dev);
}

function keyringFrom(made: readonly FeedKey[], people: number): Keyring {
  const entries = FEED_ROLES.map((role) => {
    const keys = made.filter((key) => key.role === role);
    return [role, { keys, threshold: thresholdOf(role, people), generation: 1 }] as const;
  });
  return Object.fromEntries(entries) as unknown as Keyring;
}

function firstState(keyring: Keyring, dev: boolean, now: UnixSeconds) {
  const security: SecurityDocument = { v: 1, seq: 1, buildFloor: 0, revokedBuilds: [] };
  const content = utf8(JSON.stringify(security));
  const targets = nextTargets("targets", undefined, now, {
    targets: new Map([[SECURITY_PATH, targetOf(SECURITY_PATH, content)]]),
    delegations: delegationsFor(keyring),
  });
  const empty = DELEGATED.map((role) => [role, new Metadata(nextTargets(role, undefined, now, {}))] as const);
  return {
    kind: "keys",
    summary: "a new feed",
    root: new Metadata(nextRoot(undefined, keyring, dev, now)),
    roles: new Map([["targets", new Metadata(targets)] as const, ...empty]),
    documents: new Map([[SECURITY_PATH, content]]),
  } satisfies Draft;
}

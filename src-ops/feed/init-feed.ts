import { Metadata } from "@tufjs/models";
import { randomBytes } from "node:crypto";
import { mkdir, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { utf8 } from "../../src-shared/encoding/text.ts";
import { syncFolder, writeFileAtomic } from "../../src-shared/node/atomic-files.ts";
import { ok } from "../../src-shared/result.ts";
import { NO_RING_TARGETS } from "../gates/index.ts";
import { type Attempt, fail } from "../failure.ts";
import {
  currentKey,
  FEED_ROLES,
  feedBundlesFolder,
  type FeedKey,
  loadPublisher,
  makeFeedKey,
  openFeedKeys,
  withLockFile,
} from "../keys/index.ts";
import { exists } from "../paths.ts";
import { type Draft, applyDraft, signDraft } from "./draft.ts";
import { delegationsFor, type Keyring, nextRoot } from "./keyring.ts";
import { encode, nextTargets, targetOf } from "./metadata.ts";
import { lockPath, metadataPath, PUBLIC_KEYS, ROOT_ANCHOR, TIMESTAMP_FILE } from "./feed-paths.ts";
import { publish } from "./publish.ts";
import { bundlesFor, DELEGATED, thresholdOf } from "./roles.ts";
import { type FeedRole, SECURITY_PATH, type SecurityDocument } from "../../src-shared/updates/index.ts";
import type { UnixSeconds } from "../../src-shared/units.ts";

export type FeedOrder = { readonly repo: string; readonly keys: string; readonly people: number };

export type InitializedFeed = {
  readonly anchor: string;
  readonly bundles: readonly { readonly folder: string; readonly roles: readonly FeedRole[] }[];
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

async function initUnderLock(
  { repo, keys, people }: FeedOrder,
  dev: boolean,
  now: UnixSeconds,
): Promise<Attempt<InitializedFeed>> {
  const [folder, anchor] = [feedBundlesFolder(keys), join(keys, PUBLIC_KEYS, ROOT_ANCHOR)];
  if (await exists(metadataPath(repo, TIMESTAMP_FILE))) {
    return fail("FEED_EXISTS", `${repo} already has an update feed: use it, or choose another folder with --repo.`);
  }
  if ((await exists(folder)) || (await exists(anchor))) {
    const both = `${folder} and ${anchor}`;
    return fail("KEYS_EXIST", `${keys} already has keys of a feed: if no app was built with them, delete ${both}.`);
  }
  const bundles = bundlesFor(people);
  const made = await makeBundles(folder, bundles, dev);
  const signers = await openFeedKeys(bundles.map(({ name }) => join(folder, name)));
  if (!signers.ok) return signers;
  const keyring = keyringFrom(made, people);
  const draft = firstState(keyring, dev, now);
  signDraft(draft, signers.value, [keyring]);
  await writeFileAtomic(anchor, encode(draft.root));
  const after = await applyDraft({ folder: repo, root: draft.root, roles: draft.roles }, draft);
  if (!after.ok) return after;
  const publication = { folder: repo, before: undefined, draft, after: after.value, ringTargets: NO_RING_TARGETS };
  const missing = await publish(publication, signers.value, now);
  if (!missing.ok) return missing;
  if (missing.value.length > 0) throw new TypeError("the new keys did not sign the first state of the feed");
  return ok({
    anchor,
    bundles: bundles.map(({ name, roles }) => ({ folder: join(folder, name), roles })),
    developmentKeys: dev,
  });
}

// Written under a temporary name and then renamed, so that nobody sees a folder with only some of the keys.
async function makeBundles(
  folder: string,
  bundles: ReturnType<typeof bundlesFor>,
  dev: boolean,
): Promise<readonly FeedKey[]> {
  const unfinished = `${folder}-${randomBytes(6).toString("hex")}`;
  try {
    const made: FeedKey[] = [];
    for (const { name, roles } of bundles) {
      for (const role of roles) made.push(await makeFeedKey(join(unfinished, name), role, dev));
    }
    await mkdir(dirname(folder), { recursive: true });
    await rename(unfinished, folder);
    await syncFolder(dirname(folder));
    return made;
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
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

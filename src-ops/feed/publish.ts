import { utf8 } from "../../src-shared/encoding/text.ts";
import { ok } from "../../src-shared/result.ts";
import type { RingTargets } from "../gates/index.ts";
import type { Attempt } from "../failure.ts";
import type { FeedSigner } from "../keys/index.ts";
import {
  type AppliedDraft,
  type Draft,
  type Freshness,
  type MissingSignatures,
  partsOf,
  signFreshness,
} from "./draft.ts";
import { commitFiles, type FeedFile } from "./journal.ts";
import type { Feed } from "./load-feed.ts";
import { encode, isSignedFor, sha256Hex } from "./metadata.ts";
import { metadataName, METADATA, TARGETS, targetFileName } from "./feed-paths.ts";
import { formatRingTargets, validatedRings } from "./ring-targets.ts";
import { TARGETS_ROLES } from "./roles.ts";
import type { UnixSeconds } from "../../src-shared/units.ts";

export type Publication = {
  readonly folder: string;
  /** The published state; `undefined` for a new feed. */
  readonly before: Feed | undefined;
  readonly draft: Draft;
  readonly after: AppliedDraft;
  readonly ringTargets: RingTargets;
};

/** Publishes a signed draft; returns the missing signatures if the server's two keys are not available. */
export async function publish(
  { folder, before, draft, after, ringTargets }: Publication,
  signers: readonly FeedSigner[],
  now: UnixSeconds,
): Promise<Attempt<readonly MissingSignatures[]>> {
  const root = draft.root ?? before?.root;
  if (!root) throw new TypeError("the first draft of a feed must have a root");
  // If the old keys are available, they sign too: then readers with the old root accept the new state as well.
  const keyrings = before ? [before.keyring, after.keyring] : [after.keyring];
  const fresh = signFreshness(before, after.roles, signers, keyrings, now);
  const missing = (["snapshot", "timestamp"] as const).filter((role) => !isSignedFor(root, role, fresh[role]));
  if (missing.length > 0) return ok(missing.map((role) => ({ role, signed: 0, needed: 1 })));
  const ringTargetsText = formatRingTargets(ringTargets, validatedRings(after.documents.rings));
  await commitFiles(folder, hiddenFiles(draft, fresh), [
    ...visibleMetadata(before, draft, fresh, after),
    { path: "ring-targets.json", content: utf8(ringTargetsText) },
  ]);
  return ok([]);
}

function hiddenFiles(draft: Draft, { snapshot }: Freshness): readonly FeedFile[] {
  const documents = Array.from(draft.documents, ([path, content]) => ({
    path: `${TARGETS}/${targetFileName(path, sha256Hex(content))}`,
    content,
  }));
  const roles = partsOf(draft).flatMap(({ role, metadata }) => {
    return role === "root" ? [] : [metadataFile(role, metadata.signed.version, encode(metadata))];
  });
  return [...documents, ...roles, metadataFile("snapshot", snapshot.signed.version, encode(snapshot))];
}

// A new root is in force as soon as it is written. It is written last if the old root also accepts the new state. If
// only the new root does, it is written first: between the two files readers refuse the feed, and try again later.
function visibleMetadata(
  before: Feed | undefined,
  { root }: Draft,
  { snapshot, timestamp }: Freshness,
  after: AppliedDraft,
): readonly FeedFile[] {
  const stamp = metadataFile("timestamp", timestamp.signed.version, encode(timestamp));
  if (!root) return [stamp];
  const newRoot = metadataFile("root", root.signed.version, encode(root));
  const targets = after.roles.get("targets");
  const isValidByOld =
    before !== undefined &&
    targets !== undefined &&
    isSignedFor(before.root, "timestamp", timestamp) &&
    isSignedFor(before.root, "snapshot", snapshot) &&
    isSignedFor(before.root, "targets", targets);
  return isValidByOld ? [stamp, newRoot] : [newRoot, stamp];
}

function metadataFile(role: string, version: number, content: Uint8Array): FeedFile {
  return { path: `${METADATA}/${metadataName(role, version)}`, content };
}

/** The version of each targets role, for people and scripts. */
export function versionsOf(roles: Draft["roles"]): Readonly<Record<string, number>> {
  return Object.fromEntries(TARGETS_ROLES.map((role) => [role, roles.get(role)?.signed.version ?? 0]));
}

import { Metadata, type Root, Snapshot, type Targets, Timestamp } from "@tufjs/models";
import { readSmallFile } from "../../src-shared/node/plain-files.ts";
import { ok } from "../../src-shared/result.ts";
import { type FeedRole, MAX_DOCUMENT_BYTES } from "../../src-shared/updates/index.ts";
import type { UnixSeconds } from "../../src-shared/units.ts";
import { type Attempt, fail } from "../failure.ts";
import type { FeedSigner } from "../keys/index.ts";
import type { ChangeKind } from "./change-kind.ts";
import { type FeedDocuments, readDocuments } from "./documents.ts";
import { type Keyring, keyringOf, type RoleKeys } from "./keyring.ts";
import type { Feed } from "./load-feed.ts";
import {
  encode,
  hashOfTarget,
  metaFileOf,
  nextHeader,
  type SignedMetadata,
  sha256Hex,
  signAll,
  tufKey,
  versionAfter,
} from "./metadata.ts";
import { targetFilePath } from "./feed-paths.ts";
import { TARGETS_ROLES, type TargetsRole } from "./roles.ts";

/** The next state of a feed, signed or not: the changed metadata, and the new documents that they list. */
export type Draft = {
  /** What the change is for; it must contain nothing else. */
  readonly kind: ChangeKind;
  /** One line about the change, for the people who sign it. */
  readonly summary: string;
  readonly root: Metadata<Root> | undefined;
  readonly roles: ReadonlyMap<TargetsRole, Metadata<Targets>>;
  /** By target path. The files of builds are already on disk. */
  readonly documents: ReadonlyMap<string, Uint8Array>;
};

/** A role that does not have enough signatures yet. */
export type MissingSignatures = { readonly role: FeedRole; readonly signed: number; readonly needed: number };

/** The state of a feed after a draft is published. */
export type AppliedDraft = {
  readonly keyring: Keyring;
  readonly documents: FeedDocuments;
  readonly roles: Draft["roles"];
};

type Base = Pick<Feed, "folder" | "root" | "roles">;

/** Whether a draft was made from the current state of the feed. PENDING_OUTDATED. */
export function requireCurrent(base: Base, draft: Draft): Attempt<undefined> {
  const stale = partsOf(draft).find(({ role, metadata }) => !follows(base, role, metadata.signed.version));
  if (!stale) return ok(undefined);
  return fail(
    "PENDING_OUTDATED",
    `The ${stale.role} metadata of the feed has changed since this change was made: make it again.`,
  );
}

/** Applies a draft to the published state. PENDING_INVALID if the two do not match. */
export async function applyDraft(base: Base, draft: Draft): Promise<Attempt<AppliedDraft>> {
  const roles = new Map([...base.roles, ...draft.roles]);
  const keyring = keyringOf(draft.root ?? base.root, roles.get("targets") as Metadata<Targets>);
  if (!keyring) return fail("PENDING_INVALID", "The change leaves a role without keys: make it again.");
  const fresh = new Map(Array.from(draft.documents, ([path, bytes]) => [`${path} ${sha256Hex(bytes)}`, bytes]));
  const documents = await readDocuments(roles, async (path, sha256) => {
    return (
      fresh.get(`${path} ${sha256}`) ?? readSmallFile(targetFilePath(base.folder, path, sha256), MAX_DOCUMENT_BYTES)
    );
  });
  const listed = new Set(
    Array.from(roles.values(), ({ signed }) =>
      Object.entries(signed.targets).map(([path, target]) => `${path} ${hashOfTarget(target)}`),
    ).flat(),
  );
  const unlisted = [...fresh.keys()].find((document) => !listed.has(document));
  if (unlisted !== undefined)
    return fail("PENDING_INVALID", "The change has a document that no signed metadata lists.");
  if (!documents.ok) return fail("PENDING_INVALID", `The change has an invalid document: ${documents.error}.`);
  return ok({ keyring, documents: documents.value, roles });
}

function follows({ root, roles }: Base, role: FeedRole, version: number): boolean {
  if (role === "root") return version === root.signed.version + 1;
  const current = roles.get(role as TargetsRole)?.signed.version ?? 0;
  return version === versionAfter(current);
}

/** Signs everything in a draft that these keys may sign according to one of the keyrings; returns the signed roles. */
export function signDraft(
  draft: Draft,
  signers: readonly FeedSigner[],
  keyrings: readonly Keyring[],
): readonly FeedRole[] {
  return partsOf(draft).flatMap(({ role, metadata }) => {
    const own = eligible(signers, role, keyrings);
    signAll(metadata, own);
    return own.length > 0 ? [role] : [];
  });
}

/**
 * Takes over the signatures of a copy of a draft that a trusted key has really made. All others, such as signatures of
 * unknown or replaced keys, are left out, also from `draft` itself.
 */
export function addSignatures(draft: Draft, copy: Draft, keyrings: readonly Keyring[]): void {
  const copies = new Map(partsOf(copy).map(({ role, metadata }) => [role, metadata.signatures]));
  for (const { role, metadata } of partsOf(draft)) {
    const own = metadata.signatures;
    metadata.signatures = {};
    for (const { keyid, publicHex } of keyrings.flatMap((keyring) => keyring[role].keys)) {
      const candidates = [own[keyid], copies.get(role)?.[keyid]].filter((signature) => signature !== undefined);
      const valid = candidates.find((signature) => {
        metadata.signatures[keyid] = signature;
        return isSignedBy(metadata, { keyid, publicHex });
      });
      if (valid) metadata.signatures[keyid] = valid;
      else delete metadata.signatures[keyid];
    }
  }
}

/** The metadata of a draft with the roles that sign them. */
export function partsOf(draft: Draft): readonly { readonly role: FeedRole; readonly metadata: SignedMetadata }[] {
  const roles = Array.from(draft.roles, ([role, metadata]) => ({ role, metadata }));
  return draft.root ? [{ role: "root", metadata: draft.root }, ...roles] : roles;
}

/** The roles of a draft without enough signatures. A new root also needs the signatures of the old root's keys. */
export function missingFrom(draft: Draft, before: Keyring | undefined, after: Keyring): readonly MissingSignatures[] {
  const rules = partsOf(draft).flatMap(({ role, metadata }) => {
    const newKeys = { role, metadata, keys: after[role] };
    return role === "root" && before ? [{ role, metadata, keys: before.root }, newKeys] : [newKeys];
  });
  const missing = rules.map(({ role, metadata, keys }) => ({
    role,
    signed: countSignatures(metadata, keys),
    needed: keys.threshold,
  }));
  return missing.filter(({ signed, needed }) => signed < needed);
}

function countSignatures(metadata: SignedMetadata, keys: RoleKeys): number {
  return keyidsThatSigned(metadata, keys).size;
}

/** The keys of a role that have really signed its metadata, each once. */
export function keyidsThatSigned(metadata: SignedMetadata, { keys }: RoleKeys): ReadonlySet<string> {
  return new Set(keys.filter((key) => isSignedBy(metadata, key)).map(({ keyid }) => keyid));
}

function isSignedBy(metadata: SignedMetadata, key: RoleKeys["keys"][number]): boolean {
  try {
    tufKey(key).verifySignature(metadata);
    return true;
  } catch (error) {
    // The TUF models throw if a signature is missing or wrong.
    if (error instanceof Error) return false;
    throw error;
  }
}

/** The metadata that prove freshness (snapshot and timestamp), for a state of all targets roles. */
export type Freshness = { readonly snapshot: Metadata<Snapshot>; readonly timestamp: Metadata<Timestamp> };

export function signFreshness(
  before: Pick<Feed, "snapshot" | "timestamp"> | undefined,
  roles: Draft["roles"],
  signers: readonly FeedSigner[],
  keyrings: readonly Keyring[],
  now: UnixSeconds,
): Freshness {
  const meta = TARGETS_ROLES.map((role) => {
    const metadata = roles.get(role) as Metadata<Targets>;
    return [`${role}.json`, metaFileOf(metadata.signed.version, encode(metadata))] as const;
  });
  const header = nextHeader("snapshot", before?.snapshot.signed.version ?? 0, now);
  const snapshot = new Metadata(new Snapshot({ ...header, meta: Object.fromEntries(meta) }));
  signAll(snapshot, eligible(signers, "snapshot", keyrings));
  const snapshotMeta = metaFileOf(header.version, encode(snapshot));
  const stamped = { ...nextHeader("timestamp", before?.timestamp.signed.version ?? 0, now), snapshotMeta };
  const timestamp = new Metadata(new Timestamp(stamped));
  signAll(timestamp, eligible(signers, "timestamp", keyrings));
  return { snapshot, timestamp };
}

function eligible(signers: readonly FeedSigner[], role: FeedRole, keyrings: readonly Keyring[]): FeedSigner[] {
  const keyids = new Set(keyrings.flatMap((keyring) => keyring[role].keys.map(({ keyid }) => keyid)));
  return signers.filter((signer) => signer.role === role && keyids.has(signer.kid));
}

import type { Metadata, Root, Snapshot, Targets, Timestamp } from "@tufjs/models";
import { join } from "node:path";
import { type Json, parseStrictJson } from "../../src-shared/encoding/strict-json.ts";
import { MAX_FEED_METADATA_BYTES } from "../../src-shared/limits.ts";
import { readSmallFile } from "../../src-shared/node/plain-files.ts";
import { ok } from "../../src-shared/result.ts";
import { type Attempt, fail } from "../failure.ts";
import { exists } from "../paths.ts";
import { type FeedDocuments, loadDocuments } from "./documents.ts";
import { isDevelopmentRoot, type Keyring, keyringOf } from "./keyring.ts";
import { decodeRoot, decodeSnapshot, decodeTargets, decodeTimestamp, isSignedFor } from "./metadata.ts";
import { metadataName, metadataPath, ROOT_ANCHOR } from "./feed-paths.ts";
import { DELEGATED, TARGETS_ROLES, type TargetsRole } from "./roles.ts";

/** The published feed with verified signatures. Expiry is not checked, so that an expired feed can be refreshed. */
export type Feed = {
  readonly folder: string;
  readonly root: Metadata<Root>;
  readonly timestamp: Metadata<Timestamp>;
  readonly snapshot: Metadata<Snapshot>;
  readonly roles: ReadonlyMap<TargetsRole, Metadata<Targets>>;
  readonly keyring: Keyring;
  readonly documents: FeedDocuments;
  readonly dev: boolean;
};

/**
 * Reads the feed in a folder as a client would, starting from the root in the publisher's own `public/feed-root.json`.
 * FEED_MISSING, NO_ANCHOR, FEED_BROKEN.
 */
export async function loadFeed(folder: string, anchors: string): Promise<Attempt<Feed>> {
  if (!(await exists(metadataPath(folder, "timestamp.json")))) {
    return fail("FEED_MISSING", `No update feed in ${folder}: make it once with \`vaultctl feed init\`.`);
  }
  const root = await loadRoot(folder, anchors);
  if (!root.ok) return root;
  const timestamp = await read(folder, "timestamp", 0, decodeTimestamp);
  if (!timestamp || !isSignedFor(root.value, "timestamp", timestamp)) return broken(folder, "timestamp");
  const listed = timestamp.signed.snapshotMeta;
  const snapshot = await read(folder, "snapshot", listed.version, decodeSnapshot, (bytes) => listed.verify(bytes));
  if (!snapshot || !isSignedFor(root.value, "snapshot", snapshot)) return broken(folder, "snapshot");
  const roles = await loadRoles(folder, root.value, snapshot);
  if (!roles.ok) return roles;
  const targets = roles.value.get("targets") as Metadata<Targets>;
  const keyring = keyringOf(root.value, targets);
  if (!keyring) return broken(folder, "targets");
  const documents = await loadDocuments(folder, roles.value);
  if (!documents.ok) return documents;
  const dev = isDevelopmentRoot(root.value.signed);
  return ok({
    folder,
    root: root.value,
    timestamp,
    snapshot,
    roles: roles.value,
    keyring,
    documents: documents.value,
    dev,
  });
}

/** Follows the chain of roots from the trust anchor; each must be signed by the previous root's keys and its own. */
async function loadRoot(folder: string, anchors: string): Promise<Attempt<Metadata<Root>>> {
  const path = join(anchors, ROOT_ANCHOR);
  const bytes = await readSmallFile(path, MAX_FEED_METADATA_BYTES);
  if (!bytes)
    return fail("NO_ANCHOR", `No ${ROOT_ANCHOR} in ${anchors}: name the folder of the publisher's public keys.`);
  const anchor = decode(bytes, decodeRoot);
  if (!anchor || !isSignedFor(anchor, "root", anchor)) {
    return fail("BAD_TRUST_KEY", `${path} is not a signed root of a feed: restore it from your backup.`);
  }
  let root: Metadata<Root> = anchor;
  for (;;) {
    const version: number = root.signed.version + 1;
    if (!(await exists(metadataPath(folder, metadataName("root", version))))) return ok(root);
    const next: Metadata<Root> | undefined = await read(folder, "root", version, decodeRoot);
    const isSuccessor = next && next.signed.version === version && isSignedFor(root, "root", next);
    if (!isSuccessor || !isSignedFor(next, "root", next)) return broken(folder, `${version}.root`);
    root = next;
  }
}

async function loadRoles(
  folder: string,
  root: Metadata<Root>,
  snapshot: Metadata<Snapshot>,
): Promise<Attempt<ReadonlyMap<TargetsRole, Metadata<Targets>>>> {
  const roles = new Map<TargetsRole, Metadata<Targets>>();
  for (const role of TARGETS_ROLES) {
    const listed = snapshot.signed.meta[`${role}.json`];
    if (!listed) return broken(folder, role);
    const metadata = await read(folder, role, listed.version, decodeTargets, (bytes) => listed.verify(bytes));
    const parent = DELEGATED.some((name) => name === role) ? (roles.get("targets") as Metadata<Targets>) : root;
    if (!metadata || metadata.signed.version !== listed.version || !isSignedFor(parent, role, metadata)) {
      return broken(folder, role);
    }
    roles.set(role, metadata);
  }
  return ok(roles);
}

async function read<T>(
  folder: string,
  role: string,
  version: number,
  from: (json: JsonObject) => T,
  verify: (bytes: Buffer) => void = () => {},
): Promise<T | undefined> {
  const bytes = await readSmallFile(metadataPath(folder, metadataName(role, version)), MAX_FEED_METADATA_BYTES);
  return bytes && decode(bytes, from, verify);
}

export type JsonObject = Parameters<typeof decodeRoot>[0];

/** Reads metadata from attacker-controlled bytes; `undefined` if the form or the hash is wrong. */
export function decode<T>(
  bytes: Buffer,
  from: (json: JsonObject) => T,
  verify: (bytes: Buffer) => void = () => {},
): T | undefined {
  const json = parseStrictJson(bytes);
  if (!json.ok || !isObject(json.value)) return undefined;
  try {
    verify(bytes);
    return from(json.value);
  } catch (error) {
    // The TUF models throw for every invalid form.
    if (error instanceof Error) return undefined;
    throw error;
  }
}

function isObject(json: Json): json is Json & JsonObject {
  return typeof json === "object" && json !== null && !Array.isArray(json);
}

function broken(folder: string, what: string) {
  return fail(
    "FEED_BROKEN",
    `${folder}: ${what} is damaged, missing or not signed: restore the feed from your backup.`,
  );
}

import type { TargetFile } from "@tufjs/models";
import type { Json } from "../../encoding/strict-json.ts";
import type { Counter } from "../../ledger/index.ts";
import type { Ring } from "../../license/index.ts";
import { MAX_ARMORED_CHARS } from "../../limits.ts";
import { err, ok, type Result } from "../../result.ts";
import type { Bytes } from "../../units.ts";
import {
  type BuildId,
  type DelegatedRoleName,
  type Feed,
  type FeedRole,
  haltPath,
  KEYS_PATH,
  listBuilds,
  type ListedBuilds,
  type ListedFile,
  MAX_DOCUMENT_BYTES,
  notesPath,
  parseHalts,
  parseRelease,
  parseReleaseNotes,
  parseSecurity,
  type CountedDocument,
  type ReleaseNotes,
  releasePath,
  REVOCATIONS_PATH,
  SECURITY_PATH,
} from "../../updates/index.ts";
import { type Download, type DownloadError, downloadTarget, isDownloaded, readTarget } from "./download-target.ts";
import { countRoles, hasSoundKeys, isFresh } from "./feed-roles.ts";
import { openTufClient, type TufClient, type TufOptions } from "./tuf-client.ts";
import type { TufError } from "./tuf-error.ts";

export type FeedError = TufError | "WRONG_RING" | "UNSOUND_KEYS";

/**
 * A feed with valid signatures, hashes and dates. The ledger decides whether it is a replay; call `keep` only if it is
 * not.
 */
export type OpenFeed = {
  readonly feed: Feed;
  /** The signed lists that are published with it, unverified: their readers have keys of their own. */
  readonly lists: { readonly revocations: Uint8Array | undefined; readonly keys: Uint8Array | undefined };
  readonly notes: (build: BuildId) => Promise<ReleaseNotes | undefined>;
  readonly download: (
    file: ListedFile,
    to: string,
    progress: (received: Bytes) => void,
    signal: AbortSignal,
  ) => Promise<Result<undefined, DownloadError>>;
  /** Whether a file on disk is, byte for byte, what the metadata lists. */
  readonly holds: (file: ListedFile, path: string) => Promise<boolean>;
  readonly keep: TufClient["keep"];
  readonly close: TufClient["close"];
};

type Parse<T> = (bytes: Uint8Array) => Result<T, "MALFORMED" | "WRONG_RING">;

/**
 * Reads what the installations of one ring need from a feed, by the TUF client workflow and our own rules
 * (docs/formats/update-feed.md). The caller closes the feed.
 */
export async function readFeed(options: TufOptions, ring: Ring): Promise<Result<OpenFeed, FeedError>> {
  const client = await openTufClient(options);
  if (!client.ok) return client;
  const opened = await readWith(client.value, options, ring);
  if (opened.ok) return opened;
  // What was valid before the refusal stays valid: a rotated root must not be requested again and again.
  await client.value.keep();
  await client.value.close();
  return opened;
}

async function readWith(client: TufClient, options: TufOptions, ring: Ring): Promise<Result<OpenFeed, FeedError>> {
  const refreshed = await client.refresh();
  if (!refreshed.ok) return refreshed;
  const isConsistent = client.trusted().root.signed.consistentSnapshot;
  const { source, signal, now } = options;

  async function small(
    path: string,
    maxBytes = MAX_DOCUMENT_BYTES,
  ): Promise<Result<{ bytes: Buffer; sha256: string } | undefined, FeedError>> {
    const found = await client.find(path);
    if (!found.ok || !found.value) return found.ok ? ok(undefined) : found;
    const sha256 = found.value.hashes["sha256"];
    if (sha256 === undefined) return err("MALFORMED");
    if (found.value.length > maxBytes) return err("TOO_LARGE");
    const bytes = await readTarget(source, found.value, isConsistent, signal);
    return bytes.ok ? ok({ bytes: bytes.value, sha256 }) : bytes;
  }

  async function document<T extends { readonly seq: number }>(path: string, role: FeedRole, parse: Parse<T>) {
    const read = await small(path);
    if (!read.ok || !read.value) return read.ok ? ok(undefined) : read;
    const parsed = parse(read.value.bytes);
    return parsed.ok ? ok({ document: parsed.value, role, sha256: read.value.sha256 }) : parsed;
  }

  const security = await document(SECURITY_PATH, "targets", parseSecurity);
  if (!security.ok) return security;
  const release = await document(releasePath(ring), ring, (bytes) => parseRelease(bytes, ring));
  if (!release.ok) return release;
  const halts = await document(haltPath(ring), "halt", (bytes) => parseHalts(bytes, ring));
  if (!halts.ok) return halts;
  const builds = await readBuilds(client);
  if (!builds.ok) return builds;
  const revocations = await small(REVOCATIONS_PATH, MAX_ARMORED_CHARS);
  if (!revocations.ok) return revocations;
  const keys = await small(KEYS_PATH, MAX_ARMORED_CHARS);
  if (!keys.ok) return keys;

  if (!hasSoundKeys(client)) return err("UNSOUND_KEYS");
  if (!isFresh(client, now)) return err("EXPIRED");
  const roles = countRoles(client);
  if (!roles.ok) return roles;
  const feed: Feed = {
    ring,
    roles: roles.value,
    security: countedDocument(security.value, roles.value),
    release: countedDocument(release.value, roles.value),
    halts: countedDocument(halts.value, roles.value),
    builds: builds.value,
  };
  const targetOf = (file: ListedFile) => client.role("builds")?.signed.targets[file.path] as TargetFile;
  return ok({
    feed,
    lists: { revocations: revocations.value?.bytes, keys: keys.value?.bytes },
    async notes(build) {
      const read = await small(notesPath(build));
      const notes = read.ok && read.value ? parseReleaseNotes(read.value.bytes) : undefined;
      return notes?.ok ? notes.value : undefined;
    },
    download: (file, to, progress, stop) => {
      const download: Download = { source, target: targetOf(file), isConsistent, to, progress, signal: stop };
      return downloadTarget(download);
    },
    holds: (file, path) => isDownloaded(targetOf(file), path),
    keep: client.keep,
    close: client.close,
  });
}

/** A document with the counter of the role that signed it. */
function countedDocument<T extends { readonly seq: number }>(
  read: { readonly document: T; readonly role: FeedRole; readonly sha256: string } | undefined,
  roles: ReadonlyMap<string, Counter>,
): CountedDocument<T> | undefined {
  if (!read) return undefined;
  const generation = roles.get(read.role)?.generation ?? 1;
  const payloadHash = Buffer.from(read.sha256, "hex").toString("base64url");
  return { document: read.document, counter: { generation, sequence: read.document.seq, payloadHash } };
}

async function readBuilds(client: TufClient): Promise<Result<ListedBuilds, TufError>> {
  const role: DelegatedRoleName = "builds";
  // Requesting any name under its path loads the role, whether or not the name exists.
  const loaded = await client.find("builds/any/any");
  if (!loaded.ok) return loaded;
  const targets = Object.values(client.role(role)?.signed.targets ?? {});
  const listed = targets.map(({ path, length, hashes, unrecognizedFields }) => ({
    path,
    length,
    sha256: hashes["sha256"] ?? "",
    custom: (unrecognizedFields["custom"] ?? null) as Json,
  }));
  return ok(listBuilds(listed.filter(({ sha256 }) => sha256 !== "")));
}

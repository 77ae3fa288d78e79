import { dirname, join } from "node:path";
import { removeFile } from "../../src-shared/node/atomic-files.ts";
import { RINGS } from "../../src-shared/license/index.ts";
import { MAX_FEED_METADATA_BYTES } from "../../src-shared/limits.ts";
import { requireForeignFolder, writeForeignFile } from "../../src-shared/node/foreign-files.ts";
import { readSmallFile } from "../../src-shared/node/plain-files.ts";
import { ok } from "../../src-shared/result.ts";
import { splitBuildPath } from "../../src-shared/updates/index.ts";
import { type Bytes, KIB } from "../../src-shared/units.ts";
import { type Attempt, fail } from "../failure.ts";
import { createReadBack, requireSpace } from "../packing/index.ts";
import { exists, isInside } from "../paths.ts";
import type { FeedDocuments } from "./documents.ts";
import { type Feed, loadFeed } from "./load-feed.ts";
import { encode, hashOfTarget, isSignedFor } from "./metadata.ts";
import { METADATA, metadataName, metadataPath, PUBLIC_KEYS, TARGETS, targetFileName } from "./feed-paths.ts";
import { TARGETS_ROLES } from "./roles.ts";
import { storeFile } from "./store-build-file.ts";
import { filesUnder } from "./sweep.ts";

/** The folder in which readers look for an update feed on a stick. */
export const UPDATES_FOLDER = "UPDATES";

export type ExportedFeed = {
  readonly folder: string;
  readonly files: number;
  readonly bytes: Bytes;
  readonly copied: number;
  readonly developmentKeys: boolean;
};

type ExportedFile = { readonly name: string; readonly path: string; readonly sha256: string; readonly length: Bytes };

// The unused end of the last cluster, up to 32 KiB on a large FAT32 stick.
const EXTRA_PER_FILE = 32 * KIB;

/** Copies the current feed onto a stick: all metadata and documents, and the builds that rings run or fall back to. The old
 * feed on the stick stays readable until the new one is complete. FEED_OUTDATED: the stick has a newer feed.
 */
export async function exportFeed(
  { repo, keys, stick }: { readonly repo: string; readonly keys: string; readonly stick: string },
  signal: AbortSignal,
): Promise<Attempt<ExportedFeed>> {
  const anchors = join(keys, PUBLIC_KEYS);
  const feed = await loadFeed(repo, anchors);
  if (!feed.ok) return feed;
  const folder = join(stick, UPDATES_FOLDER);
  if (!(await exists(stick))) return fail("NOT_FOUND", `There is no folder ${stick}: is the stick plugged in?`);
  if ((await isInside(folder, repo)) || (await isInside(repo, folder))) {
    return fail("NOT_A_STICK", `${repo} and ${folder} are inside each other: name a stick.`);
  }
  for (const name of [METADATA, TARGETS]) await requireForeignFolder(stick, [UPDATES_FOLDER, name]);
  const onStick = await loadFeed(folder, anchors);
  const before = onStick.ok ? onStick.value : undefined;
  if (before && before.timestamp.signed.version > feed.value.timestamp.signed.version) {
    return fail("FEED_OUTDATED", `${folder} is newer than ${repo}: this is an old copy of the feed, use the newest.`);
  }
  const files = filesToExport(feed.value);
  // To free space, first remove the files that neither the stick's current state nor the next one uses.
  await sweepStick(folder, [...(before ? namesOf(before) : []), ...namesOf(feed.value)]);
  const space = await requireSpaceFor(stick, folder, files);
  if (!space.ok) return space;
  const copied = await copyTargets(folder, files, signal);
  if (!copied.ok) return copied;
  await copyMetadata(folder, feed.value, before);
  const bytes = files.reduce((sum, { length }) => sum + length, 0);
  return ok({ folder, files: files.length, bytes, copied: copied.value, developmentKeys: feed.value.dev });
}

function filesToExport(feed: Feed): readonly ExportedFile[] {
  const needed = neededBuilds(feed.documents);
  return TARGETS_ROLES.flatMap((role) => {
    const targets = Object.entries(feed.roles.get(role)?.signed.targets ?? {});
    return targets.flatMap(([path, target]) => {
      const build = splitBuildPath(path)?.buildId;
      if (build !== undefined && !needed.has(build)) return [];
      const sha256 = hashOfTarget(target);
      const name = targetFileName(path, sha256);
      return [{ name, path: join(feed.folder, TARGETS, ...name.split("/")), sha256, length: target.length }];
    });
  });
}

/** The builds that some ring runs or falls back to. */
export function neededBuilds({ rings }: FeedDocuments): ReadonlySet<string> {
  const named = RINGS.flatMap((ring) => [rings[ring].release?.build, rings[ring].release?.fallback]);
  return new Set(named.filter((build) => typeof build === "string"));
}

async function copyTargets(
  folder: string,
  files: readonly ExportedFile[],
  signal: AbortSignal,
): Promise<Attempt<number>> {
  const readBack = createReadBack();
  let copied = 0;
  try {
    for (const { name, path, sha256, length } of files) {
      const names = name.split("/");
      const to = join(folder, TARGETS, ...names);
      await requireForeignFolder(dirname(folder), [UPDATES_FOLDER, TARGETS, ...names.slice(0, -1)]);
      const expected = { size: length, sha256: Buffer.from(sha256, "hex").toString("base64url") };
      if ((await exists(to)) && (await readBack.check(to, expected)) === undefined) continue;
      const stored = await storeFile(
        path,
        { sha256, length },
        dirname(folder),
        [UPDATES_FOLDER, TARGETS, ...names],
        signal,
      );
      if (!stored.ok) return stored;
      const fault = await readBack.check(to, expected);
      if (fault) return fail("READ_BACK_FAILED", `${to} reads back differently (${fault}): use another stick.`);
      copied++;
    }
  } finally {
    await readBack.close();
  }
  return ok(copied);
}

// The timestamp makes the new state current. New roots are written after it if the old root also accepts the new state.
async function copyMetadata(folder: string, feed: Feed, before: Feed | undefined): Promise<void> {
  const write = (name: string, content: Uint8Array) =>
    writeForeignFile(dirname(folder), [UPDATES_FOLDER, METADATA, name], content);
  const roots = await rootsOf(feed, before);
  for (const role of TARGETS_ROLES) {
    const metadata = feed.roles.get(role);
    if (metadata) await write(metadataName(role, metadata.signed.version), encode(metadata));
  }
  await write(metadataName("snapshot", feed.snapshot.signed.version), encode(feed.snapshot));
  const targets = feed.roles.get("targets");
  const isValidByOld =
    before !== undefined &&
    targets !== undefined &&
    isSignedFor(before.root, "timestamp", feed.timestamp) &&
    isSignedFor(before.root, "snapshot", feed.snapshot) &&
    isSignedFor(before.root, "targets", targets);
  const stamp = { name: metadataName("timestamp", 0), content: encode(feed.timestamp) };
  for (const { name, content } of isValidByOld ? [stamp, ...roots] : [...roots, stamp]) await write(name, content);
}

async function rootsOf(feed: Feed, before: Feed | undefined) {
  const roots: { name: string; content: Uint8Array }[] = [];
  for (let version = (before?.root.signed.version ?? 0) + 1; version <= feed.root.signed.version; version++) {
    const name = metadataName("root", version);
    const content = await readSmallFile(metadataPath(feed.folder, name), MAX_FEED_METADATA_BYTES);
    if (content) roots.push({ name, content });
  }
  return roots;
}

function namesOf(feed: Feed): readonly string[] {
  const metadata = TARGETS_ROLES.map((role) => metadataName(role, feed.roles.get(role)?.signed.version ?? 0));
  const snapshot = metadataName("snapshot", feed.snapshot.signed.version);
  return [
    ...[...metadata, snapshot].map((name) => `${METADATA}/${name}`),
    ...filesToExport(feed).map(({ name }) => `${TARGETS}/${name}`),
  ];
}

const OWN_FILES =
  /^(?:metadata\/(?:[1-9]\d{0,15}\.[a-z0-9]+\.json|\.[\w.-]+\.tmp)|targets\/.*(?:^|\/)\.?[0-9a-f]{16,64}\.[\w.-]+)$/;
const ROOT = /^metadata\/[1-9]\d{0,15}\.root\.json$/;

async function sweepStick(folder: string, keep: readonly string[]): Promise<void> {
  const kept = new Set(keep);
  for (const path of await filesUnder(folder)) {
    const isRemovable = OWN_FILES.test(path) && !ROOT.test(path);
    if (isRemovable && !kept.has(path)) await removeFile(join(folder, ...path.split("/")));
  }
}

async function requireSpaceFor(
  stick: string,
  folder: string,
  files: readonly ExportedFile[],
): Promise<Attempt<undefined>> {
  let needed = 0;
  for (const { name, length } of files) {
    if (!(await exists(join(folder, TARGETS, ...name.split("/"))))) needed += length + EXTRA_PER_FILE;
  }
  const space = await requireSpace(stick, needed);
  if (space.ok) return space;
  return fail("DISK_FULL", `${stick} has not enough space for the update feed: free some space or use a larger stick.`);
}

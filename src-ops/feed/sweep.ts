import type { Targets } from "@tufjs/models";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { MAX_FEED_METADATA_BYTES } from "../../src-shared/limits.ts";
import { codeOf, removeFile } from "../../src-shared/node/atomic-files.ts";
import { readSmallFile } from "../../src-shared/node/plain-files.ts";
import { DAY, type Seconds, type UnixSeconds } from "../../src-shared/units.ts";
import { exists } from "../paths.ts";
import { decode } from "./load-feed.ts";
import { decodeSnapshot, decodeTargets, hashOfTarget } from "./metadata.ts";
import { listPending } from "./pending.ts";
import { baseFiles } from "./rebase/index.ts";
import { METADATA, metadataName, metadataPath, pendingFolder, TARGETS, targetFileName } from "./feed-paths.ts";

/** How long the files of a superseded state are kept, so that readers can finish. */
const GRACE: Seconds = DAY;

// Only files whose names vaultctl itself creates are removed.
const OUR_METADATA = /^[1-9]\d{0,15}\.(?:snapshot|targets|builds|ring0|ring1|ga|halt|lists)\.json$/;
const OUR_TARGET = /^[0-9a-f]{64}\.[A-Za-z0-9._-]+$/;
const TEMPORARY = /^\.[\w.-]+\.[0-9a-f]{12}\.tmp$/;

/** Removes files that no state of the last day uses: superseded, or left by killed runs. Clients need all roots. */
export async function sweepFeed(feed: string, newestSnapshot: number, now: UnixSeconds): Promise<void> {
  const keep = await filesInUse(feed, newestSnapshot, now);
  for (const [folder, knownNames] of [
    [METADATA, OUR_METADATA],
    [TARGETS, OUR_TARGET],
  ] as const) {
    for (const path of await filesUnder(join(feed, folder))) {
      const name = path.slice(path.lastIndexOf("/") + 1);
      const isOrphan = knownNames.test(name) && !keep.has(`${folder}/${path}`);
      if (!isOrphan && !TEMPORARY.test(name)) continue;
      await removeFile(join(feed, folder, ...path.split("/")));
    }
  }
  for (const folder of [feed, pendingFolder(feed)]) {
    for (const name of await temporaryIn(folder)) await removeFile(join(folder, name));
  }
}

async function temporaryIn(folder: string): Promise<readonly string[]> {
  if (!(await exists(folder))) return [];
  return (await readdir(folder)).filter((name) => TEMPORARY.test(name));
}

async function filesInUse(feed: string, newest: number, now: UnixSeconds): Promise<ReadonlySet<string>> {
  const keep = new Set<string>();
  for (let version = newest; version > 0; version--) {
    const isNewest = version === newest;
    const supersededAt = isNewest ? now : await changedAt(metadataPath(feed, metadataName("snapshot", version + 1)));
    if (supersededAt === undefined || supersededAt < now - GRACE) break;
    await addState(feed, version, keep);
  }
  for (const { draft } of await listPending(feed)) {
    for (const metadata of draft.roles.values()) addTargets(metadata.signed, keep);
    // What a change was made from, so that it can be made again.
    for (const file of baseFiles(draft)) await addRole(feed, file, keep);
  }
  return keep;
}

async function addState(feed: string, version: number, keep: Set<string>): Promise<void> {
  const name = metadataName("snapshot", version);
  const bytes = await readSmallFile(metadataPath(feed, name), MAX_FEED_METADATA_BYTES);
  const snapshot = bytes && decode(bytes, decodeSnapshot);
  if (!snapshot) return;
  keep.add(`${METADATA}/${name}`);
  for (const [role, listed] of Object.entries(snapshot.signed.meta)) {
    await addRole(feed, metadataName(role.replace(/\.json$/, ""), listed.version), keep);
  }
}

async function addRole(feed: string, file: string, keep: Set<string>): Promise<void> {
  // The states of one day share most of their metadata.
  if (keep.has(`${METADATA}/${file}`)) return;
  keep.add(`${METADATA}/${file}`);
  const content = await readSmallFile(metadataPath(feed, file), MAX_FEED_METADATA_BYTES);
  const metadata = content && decode(content, decodeTargets);
  if (metadata) addTargets(metadata.signed, keep);
}

function addTargets(targets: Targets, keep: Set<string>): void {
  for (const [path, target] of Object.entries(targets.targets)) {
    keep.add(`${TARGETS}/${targetFileName(path, hashOfTarget(target))}`);
  }
}

async function changedAt(path: string): Promise<UnixSeconds | undefined> {
  try {
    return Math.floor((await stat(path)).mtimeMs / 1000);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

/** The relative paths of all files under a folder, with `/` between the names. */
export async function filesUnder(folder: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) =>
        join(entry.parentPath, entry.name)
          .slice(folder.length + 1)
          .replaceAll("\\", "/"),
      );
  } catch (error) {
    if (codeOf(error) === "ENOENT") return [];
    throw error;
  }
}

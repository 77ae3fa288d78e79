import { createHash } from "node:crypto";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { codeOf } from "../../src-shared/node/atomic-files.ts";
import { type Ring, RINGS } from "../../src-shared/license/index.ts";
import { ok } from "../../src-shared/result.ts";
import type { Attempt } from "../failure.ts";
import { keepLatest } from "../keep-latest.ts";
import { METADATA, PUBLIC_KEYS, ROOT_ANCHOR, TARGETS } from "./feed-paths.ts";
import type { FeedLocation } from "./feed-transaction.ts";
import { loadFeed } from "./load-feed.ts";
import { type SignedState, signedStateOf } from "./status.ts";

/** What the signed documents of a feed say, and the version of its timestamp. */
export type SignedFeed = SignedState & {
  readonly timestampVersion: number;
  /** The ids of the keys that have signed the present metadata of the halts and of each ring. */
  readonly signedBy: Readonly<Record<Ring | "halt", readonly string[]>>;
};

/** Gives the same object for as long as no file of the feed has changed. FEED_*, NO_ANCHOR, BAD_TRUST_KEY. */
export type FeedReader = () => Promise<Attempt<SignedFeed>>;

/**
 * Reads a feed again and again, and verifies it once for each change of its files. What cannot be verified is never kept:
 * the next call reads it again.
 */
export function createFeedReader(
  { repo, keys }: Pick<FeedLocation, "repo" | "keys">,
  load: typeof loadFeed = loadFeed,
): FeedReader {
  const anchors = join(keys, PUBLIC_KEYS);
  const latest = keepLatest<string | undefined, Attempt<SignedFeed>>(
    (kept, asked) => asked !== undefined && kept === asked,
    (read) => read.ok,
  );

  async function verify(): Promise<Attempt<SignedFeed>> {
    const feed = await load(repo, anchors);
    if (!feed.ok) return feed;
    const signersOf = (role: Ring | "halt") => Object.keys(feed.value.roles.get(role)?.signatures ?? {});
    const rings = Object.fromEntries(RINGS.map((ring) => [ring, signersOf(ring)])) as Record<Ring, string[]>;
    const signedBy = { ...rings, halt: signersOf("halt") };
    return ok({ ...signedStateOf(feed.value), timestampVersion: feed.value.timestamp.signed.version, signedBy });
  }

  // Taken before the files are read: what changes meanwhile has another fingerprint afterwards.
  return async () => latest(await fingerprintOf(repo, join(anchors, ROOT_ANCHOR)), verify);
}

/**
 * Changes with every file of a feed that is added, removed, replaced, truncated or written to: the inode, the size and both
 * times of each, of which no program can set the second. `undefined` where a file is missing.
 */
async function fingerprintOf(repo: string, anchor: string): Promise<string | undefined> {
  try {
    const folders = [METADATA, TARGETS].map((name) => join(repo, name));
    const listed = await Promise.all(folders.map((folder) => filesIn(folder)));
    const lines = await Promise.all([anchor, ...listed.flat().toSorted()].map(lineOf));
    return createHash("sha256").update(lines.join("\n")).digest("hex");
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.flatMap((entry) => (entry.isDirectory() ? [] : [join(entry.parentPath, entry.name)]));
}

async function lineOf(path: string): Promise<string> {
  const { dev, ino, size, mtimeNs, ctimeNs } = await stat(path, { bigint: true });
  return [path, dev, ino, size, mtimeNs, ctimeNs].join(" ");
}

import { mkdtemp, readFile, realpath } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RINGS } from "../../src-shared/license/index.ts";
import { openFolderSource, readFeed } from "../../src-shared/node/update-feed/index.ts";
import { codeOf, removeFolder } from "../../src-shared/node/atomic-files.ts";
import { ok } from "../../src-shared/result.ts";
import { splitBuildPath } from "../../src-shared/updates/index.ts";
import type { UnixSeconds } from "../../src-shared/units.ts";
import { type Attempt, fail } from "../failure.ts";
import { FEED_ROLES } from "../keys/index.ts";
import { exists, isInside } from "../paths.ts";
import { neededBuilds } from "./export-feed.ts";
import { loadFeed } from "./load-feed.ts";
import { hashOfTarget } from "./metadata.ts";
import { COMPILED_ROOTS, ROOT_ANCHOR, targetFilePath } from "./feed-paths.ts";
import { expiryOf } from "./refresh.ts";
import { evidenceFaults } from "./promotion/index.ts";
import { type Hashed, hashFile } from "./store-build-file.ts";

export type VerifiedFeed = {
  readonly files: number;
  readonly bytes: number;
  /** Missing or damaged targets, expired roles, and refusals by readers. */
  readonly faults: readonly string[];
  /** Files of builds that no ring runs and that are not in this copy of the feed (such as on a stick). */
  readonly absent: readonly string[];
  readonly developmentKeys: boolean;
};

/** Checks a complete feed: reads it as the app of each ring does, and checks every signature, date and file. The trust
 * anchor must exist outside the feed. With `policyHash`, every promotion must have used that policy. NO_ANCHOR,
 * ANCHOR_ON_STICK, FEED_MISSING, FEED_BROKEN.
 */
export async function verifyFeed(
  repo: string,
  trust: string | undefined,
  now: UnixSeconds,
  signal: AbortSignal,
  policyHash?: string,
): Promise<Attempt<VerifiedFeed>> {
  const anchors = trust ?? COMPILED_ROOTS;
  if (await isInside(anchors, repo)) {
    return fail("ANCHOR_ON_STICK", `${anchors} is in the feed itself: use the public keys you got from the publisher.`);
  }
  const feed = await loadFeed(repo, anchors);
  if (!feed.ok) return feed;
  const refusals = await readAsApps(repo, anchors, now, signal);
  const expired = FEED_ROLES.filter((role) => expiryOf(feed.value, role) <= now).map((role) => `${role} is expired`);
  const faults = [...refusals, ...expired, ...evidenceFaults(feed.value.documents, policyHash)];
  const needed = neededBuilds(feed.value.documents);
  const absent: string[] = [];
  let [files, bytes] = [0, 0];
  for (const metadata of feed.value.roles.values()) {
    for (const [path, target] of Object.entries(metadata.signed.targets)) {
      const sha256 = hashOfTarget(target);
      const file = targetFilePath(repo, path, sha256);
      const build = splitBuildPath(path)?.buildId;
      if (build !== undefined && !needed.has(build) && !(await exists(file))) {
        absent.push(path);
        continue;
      }
      const found = await hashIfExists(file, signal);
      files++;
      bytes += target.length;
      if (found?.sha256 !== sha256 || found.length !== target.length) faults.push(`${path} is missing or damaged`);
    }
  }
  return ok({ files, bytes, faults, absent, developmentKeys: feed.value.dev });
}

// The same code with which the app reads a feed, once for each ring, without stored state.
async function readAsApps(
  repo: string,
  anchors: string,
  now: UnixSeconds,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const anchor = await readFile(join(anchors, ROOT_ANCHOR));
  const refusals: string[] = [];
  for (const ring of RINGS) {
    const store = await mkdtemp(join(tmpdir(), "uvv-feed-"));
    try {
      const opened = await readFeed(
        { store, anchor, source: openFolderSource(await realpath(repo)), now, signal },
        ring,
      );
      if (opened.ok) await opened.value.close();
      else refusals.push(`the app of ${ring} refuses it (${opened.error})`);
    } finally {
      await removeFolder(store);
    }
  }
  return refusals;
}

async function hashIfExists(path: string, signal: AbortSignal): Promise<Hashed | undefined> {
  try {
    const found = await hashFile(path, signal);
    return found.ok ? found.value : undefined;
  } catch (error) {
    // An error of the file system is a fault of this file; any other error ends the check.
    if (codeOf(error) === "") throw error;
    return undefined;
  }
}

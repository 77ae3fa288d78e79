import { access, constants } from "node:fs/promises";
import { ok } from "../../src-shared/result.ts";
import { type Attempt, fail } from "../failure.ts";
import type { FeedLocation } from "../feed/index.ts";

type FeedFolders = {
  readonly repo?: string | undefined;
  readonly keys?: string | undefined;
  readonly haltKeys: readonly string[];
};

/** The feed that a ring server evaluates; without one it only stores telemetry. CONFIGURATION_INVALID. */
export function feedOf({ repo, keys, haltKeys }: FeedFolders): Attempt<FeedLocation | undefined> {
  if (repo !== undefined && keys !== undefined) return ok({ repo, keys, personKeys: haltKeys });
  // A server that ignored one of them would watch over no ring, and nobody would notice.
  if (repo === undefined && keys === undefined && haltKeys.length === 0) return ok(undefined);
  return fail("CONFIGURATION_INVALID", "--repo, --keys and --halt-keys belong together: add --repo and --keys.");
}

/** Checks that this process may read the folders, and write the feed if it may halt releases. CONFIGURATION_INVALID. */
export async function checkFolders(feed: FeedLocation | undefined): Promise<Attempt<undefined>> {
  const { R_OK, W_OK, X_OK } = constants;
  const folders = feed ? [feed.keys, ...feed.personKeys] : [];
  for (const folder of folders) {
    if (!(await isAllowed(folder, R_OK | X_OK)))
      return fail("CONFIGURATION_INVALID", `${folder} is missing, or this user may not read it.`);
  }
  if (!feed || (await isAllowed(feed.repo, R_OK | X_OK | (feed.personKeys.length > 0 ? W_OK : 0))))
    return ok(undefined);
  const rights = feed.personKeys.length > 0 ? "write: a halt is published there" : "read";
  return fail("CONFIGURATION_INVALID", `${feed.repo} is missing, or is a folder that this user may not ${rights}.`);
}

async function isAllowed(folder: string, mode: number): Promise<boolean> {
  return access(folder, mode).then(
    () => true,
    () => false,
  );
}

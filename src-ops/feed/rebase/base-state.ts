import type { Metadata, Root, Targets } from "@tufjs/models";
import { MAX_FEED_METADATA_BYTES } from "../../../src-shared/limits.ts";
import { readSmallFile } from "../../../src-shared/node/plain-files.ts";
import { type Draft, partsOf } from "../draft.ts";
import { metadataName, metadataPath } from "../feed-paths.ts";
import { decode, type JsonObject } from "../load-feed.ts";
import { decodeRoot, decodeTargets } from "../metadata.ts";
import type { TargetsRole } from "../roles.ts";

/** The published metadata from which a draft was made, by role. */
export type BaseState = {
  readonly root: Metadata<Root> | undefined;
  readonly roles: ReadonlyMap<TargetsRole, Metadata<Targets>>;
};

/**
 * Reads the state from which a draft was made; `undefined` if it is not kept any more. Its signatures are not checked: it
 * only shows what the draft was meant to change, and whatever is made of that is judged and signed again.
 */
export async function readBase(feed: string, draft: Draft): Promise<BaseState | undefined> {
  const roles = new Map<TargetsRole, Metadata<Targets>>();
  for (const [role, metadata] of draft.roles) {
    const base = await read(feed, role, metadata.signed.version - 1, decodeTargets);
    if (!base) return undefined;
    roles.set(role, base);
  }
  const root = draft.root && (await read(feed, "root", draft.root.signed.version - 1, decodeRoot));
  return draft.root && !root ? undefined : { root, roles };
}

/** The names of the files that `readBase` reads. */
export function baseFiles(draft: Draft): readonly string[] {
  return partsOf(draft).map(({ role, metadata }) => metadataName(role, metadata.signed.version - 1));
}

async function read<T extends Metadata<Root> | Metadata<Targets>>(
  feed: string,
  role: string,
  version: number,
  from: (json: JsonObject) => T,
): Promise<T | undefined> {
  const bytes = await readSmallFile(metadataPath(feed, metadataName(role, version)), MAX_FEED_METADATA_BYTES);
  const metadata = bytes && decode(bytes, from);
  return metadata?.signed.version === version ? metadata : undefined;
}

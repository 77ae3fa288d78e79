import { ok } from "../../src-shared/result.ts";
import type { FeedRole } from "../../src-shared/updates/index.ts";
import { type Attempt, fail } from "../failure.ts";
import { makeFeedKey, type PublicFeedKey, readPublicFeedKey } from "../keys/index.ts";
import type { FeedTransaction } from "./feed-transaction.ts";
import type { RoleKeys } from "./keyring.ts";

/** The keys of a role to replace, and the source of the new ones. */
export type Replacement = {
  /** By keyid; empty means all keys of the role. */
  readonly replaced: readonly string[];
  /** The bundle for the new keys if the old private ones are lost. */
  readonly into: string | undefined;
  /** A key that its owner created elsewhere; it replaces one key. */
  readonly incoming: PublicFeedKey | undefined;
};

export type ReplacedKey = {
  readonly role: FeedRole;
  readonly old: string;
  readonly next: string;
  /** The bundle with its private half; `null` if its owner keeps it elsewhere. */
  readonly bundle: string | null;
};

/** The keys of a role after a replacement, under the next generation. KEYS_MISSING. */
export async function replaceKeys(
  { feed, signers }: FeedTransaction,
  role: FeedRole,
  { replaced, into, incoming }: Replacement,
): Promise<Attempt<{ readonly keys: RoleKeys; readonly replaced: readonly ReplacedKey[] }>> {
  const old = feed.keyring[role];
  const isReplaced = ({ keyid }: { readonly keyid: string }) => replaced.length === 0 || replaced.includes(keyid);
  const bundles = new Map(signers.map(({ kid, bundle }) => [kid, bundle]));
  const lost = old.keys.find((key) => isReplaced(key) && !bundles.has(key.keyid) && into === undefined);
  if (lost && !incoming) {
    const remedy = "name the folder for the new key with --into, its public half with --public";
    return fail(
      "KEYS_MISSING",
      `The private half of ${role} key ${lost.keyid} is not available: ${remedy}, or its bundle.`,
    );
  }
  const keys: RoleKeys["keys"][number][] = [];
  const pairs: ReplacedKey[] = [];
  for (const key of old.keys) {
    const bundle = bundles.get(key.keyid) ?? into;
    if (!isReplaced(key) || (bundle === undefined && !incoming)) {
      keys.push(key);
    } else if (incoming) {
      keys.push(incoming);
      pairs.push({ role, old: key.keyid, next: incoming.keyid, bundle: null });
    } else if (bundle !== undefined) {
      const next = await makeFeedKey(bundle, role, feed.dev);
      keys.push(next);
      pairs.push({ role, old: key.keyid, next: next.keyid, bundle });
    }
  }
  return ok({ keys: { ...old, keys, generation: old.generation + 1 }, replaced: pairs });
}

/** Reads a key from its owner. It must be for this role, for this kind of feed, and not in use. PUBLIC_KEY_INVALID. */
export async function readIncomingKey(
  { feed }: FeedTransaction,
  role: FeedRole,
  path: string,
): Promise<Attempt<PublicFeedKey>> {
  const key = await readPublicFeedKey(path);
  if (!key.ok) return key;
  const { keyid, dev } = key.value;
  const refuse = (reason: string) => fail("PUBLIC_KEY_INVALID", `${path} ${reason}: ask for another.`);
  if (key.value.role !== role) return refuse(`is a key for ${key.value.role}, not for ${role}`);
  if (dev !== feed.dev)
    return refuse(dev ? "is a development key" : "is not a development key, but this feed has development keys");
  const isKnown = Object.values(feed.keyring).some(({ keys }) => keys.some((known) => known.keyid === keyid));
  return isKnown ? refuse("is already a key of this feed") : key;
}

import { ok } from "../../src-shared/result.ts";
import type { FeedRole } from "../../src-shared/updates/index.ts";
import { type Attempt, fail } from "../failure.ts";
import { openFeedKeys, type PublicFeedKey } from "../keys/index.ts";
import { type TransactionResult, submitDraft, type FeedTransaction } from "./feed-transaction.ts";
import type { RoleKeys } from "./keyring.ts";
import { draftOfKeys } from "./keys-draft.ts";
import { readSigners, withNewKeys, writeSigners } from "./signers.ts";
import { readIncomingKey, type ReplacedKey, type Replacement, replaceKeys } from "./replace-keys.ts";

export type RotationOrder = {
  readonly role: FeedRole;
  readonly replaced: Replacement["replaced"];
  readonly into: Replacement["into"];
  /** The file with the public half of a key that its owner created elsewhere; it replaces one key. */
  readonly publicKey: string | undefined;
  /** Also replaces the server's keys, so that readers discard every version that a thief may have published. */
  readonly stolen: boolean;
  /** All halts so far are declared void, because the thief issued them. */
  readonly dropHalts: boolean;
};

export type RotatedFeed = TransactionResult & { readonly replaced: readonly ReplacedKey[] };

/** Replaces keys of a role with new ones. The parent role signs them and raises the generation of every counter under the
 * role, so that a counter that a thief has raised has no effect. KEY_UNKNOWN, KEYS_MISSING, PUBLIC_KEY_INVALID.
 */
export async function rotateFeed(transaction: FeedTransaction, order: RotationOrder): Promise<Attempt<RotatedFeed>> {
  const { feed } = transaction;
  const server = order.stolen ? (["snapshot", "timestamp"] as const) : [];
  const roles: readonly FeedRole[] = [...new Set<FeedRole>([order.role, ...server])];
  const unknownKey = order.replaced.find((keyid) => !feed.keyring[order.role].keys.some((key) => key.keyid === keyid));
  if (unknownKey !== undefined)
    return fail("KEY_UNKNOWN", `No ${order.role} key ${unknownKey} in this feed: see \`feed status\`.`);
  const incoming = await readIncoming(transaction, order);
  if (!incoming.ok) return incoming;
  const named: Replacement = { replaced: order.replaced, into: order.into, incoming: incoming.value };
  const all: Replacement = { replaced: [], into: order.into, incoming: undefined };
  const replaced: ReplacedKey[] = [];
  const keyring: { [role in FeedRole]: RoleKeys } = { ...feed.keyring };
  for (const role of roles) {
    const replacement = await replaceKeys(transaction, role, role === order.role ? named : all);
    if (!replacement.ok) return replacement;
    keyring[role] = replacement.value.keys;
    replaced.push(...replacement.value.replaced);
  }
  const known = await readSigners(feed.folder);
  if (!known.ok) return known;
  await writeSigners(feed.folder, withNewKeys(known.value, replaced));
  const bundles = [...transaction.signers, ...replaced].flatMap(({ bundle }) => bundle ?? []);
  const signers = await openFeedKeys([...new Set(bundles)]);
  if (!signers.ok) return signers;
  const result = await submitDraft(
    { ...transaction, signers: signers.value },
    draftOfKeys(transaction, roles, keyring, order.dropHalts),
  );
  return result.ok ? ok({ ...result.value, replaced }) : result;
}

async function readIncoming(
  transaction: FeedTransaction,
  { role, replaced, publicKey }: RotationOrder,
): Promise<Attempt<PublicFeedKey | undefined>> {
  if (publicKey === undefined) return ok(undefined);
  if (replaced.length === 1 || transaction.feed.keyring[role].keys.length === 1)
    return readIncomingKey(transaction, role, publicKey);
  return fail("USAGE", "--public replaces one key: name that key with --key. See --help.");
}

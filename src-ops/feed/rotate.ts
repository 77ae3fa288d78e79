import { Metadata, type TargetFile } from "@tufjs/models";
import { RINGS } from "../../src-shared/license/index.ts";
import { ok } from "../../src-shared/result.ts";
import {
  type DelegatedRoleName,
  type FeedRole,
  haltPath,
  type Halts,
  releasePath,
  SECURITY_PATH,
  type SecurityDocument,
} from "../../src-shared/updates/index.ts";
import { type Attempt, fail } from "../failure.ts";
import { openFeedKeys, type PublicFeedKey } from "../keys/index.ts";
import { type TransactionResult, submitDraft, type FeedTransaction } from "./feed-transaction.ts";
import { activeHalts } from "./documents.ts";
import type { Draft } from "./draft.ts";
import { delegationsFor, type Keyring, nextRoot, type RoleKeys } from "./keyring.ts";
import { nextTargets, targetOf } from "./metadata.ts";
import { readIncomingKey, type ReplacedKey, type Replacement, replaceKeys } from "./replace-keys.ts";
import { jsonDocument, type NewDocument } from "./ring-draft.ts";
import { DELEGATED, TOP } from "./roles.ts";

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
  const bundles = [...transaction.signers, ...replaced].flatMap(({ bundle }) => bundle ?? []);
  const signers = await openFeedKeys([...new Set(bundles)]);
  if (!signers.ok) return signers;
  const result = await submitDraft(
    { ...transaction, signers: signers.value },
    draftFor(transaction, roles, keyring, order),
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

// The roles that must sign again: those that list the new keys (root, targets), and the role that has them.
function draftFor(
  transaction: FeedTransaction,
  roles: readonly FeedRole[],
  keyring: Keyring,
  order: RotationOrder,
): Draft {
  const { feed, now } = transaction;
  const root = TOP.some((role) => roles.includes(role))
    ? nextRoot(feed.root.signed, keyring, feed.dev, now)
    : undefined;
  const delegated = DELEGATED.filter((role) => roles.includes(role));
  const documents = new Map<string, Uint8Array>();
  const draftRoles: [Parameters<typeof feed.roles.get>[0], Metadata<ReturnType<typeof nextTargets>>][] = [];
  if (roles.includes("targets") || delegated.length > 0) {
    const security = order.dropHalts && roles.includes("halt") ? voidHalts(transaction, keyring) : undefined;
    const targets = new Map<string, TargetFile>();
    if (security) {
      targets.set(SECURITY_PATH, targetOf(SECURITY_PATH, security.content));
      documents.set(SECURITY_PATH, security.content);
    }
    const change = { targets, delegations: delegationsFor(keyring) };
    draftRoles.push(["targets", new Metadata(nextTargets("targets", feed.roles.get("targets")?.signed, now, change))]);
  }
  for (const role of delegated) {
    const targets = new Map<string, TargetFile>();
    for (const [path, document] of restartSequences(transaction, role, order.dropHalts)) {
      targets.set(path, targetOf(path, document.content, document.custom));
      documents.set(path, document.content);
    }
    draftRoles.push([role, new Metadata(nextTargets(role, feed.roles.get(role)?.signed, now, { targets }))]);
  }
  const summary = `new keys for ${roles.join(", ")}`;
  return { kind: "keys", summary, root: root && new Metadata(root), roles: new Map(draftRoles), documents };
}

// Installations remember halts, also those that the publisher has never seen: only the parent of the role can end them.
function voidHalts({ feed }: FeedTransaction, keyring: Keyring): NewDocument {
  const { security } = feed.documents;
  const next: SecurityDocument = { ...security, seq: security.seq + 1, haltGeneration: keyring.halt.generation };
  return jsonDocument(next);
}

// In a new generation the sequence starts at 1, because a thief may have raised the old one to its limit. The document
// stays, even without halts, because readers refuse a feed that lists less than before.
function restartSequences(
  { feed }: FeedTransaction,
  role: DelegatedRoleName,
  dropHalts: boolean,
): ReadonlyMap<string, NewDocument> {
  const restarted = new Map<string, NewDocument>();
  for (const ring of RINGS) {
    const state = feed.documents.rings[ring];
    if (role === ring && state.release) {
      const custom = { offered: [...state.offered] };
      restarted.set(releasePath(ring), { ...jsonDocument({ ...state.release, seq: 1 }), custom });
    }
    if (role === "halt" && state.halts) {
      const active = dropHalts ? [] : activeHalts(feed.documents, ring, feed.keyring.halt.generation);
      const halts: Halts = { ...state.halts, seq: 1, halts: active.map((halt) => ({ ...halt, seq: 1 })) };
      restarted.set(haltPath(ring), jsonDocument(halts));
    }
  }
  return restarted;
}

import type { FeedRole } from "../../src-shared/updates/index.ts";
import { type Draft, keyidsThatSigned, partsOf } from "./draft.ts";
import type { Keyring, RoleKeys } from "./keyring.ts";
import type { SignedMetadata } from "./metadata.ts";
import type { Signer } from "./signers.ts";

/** A key whose signature is still possible; `name` is `null` if nobody knows whose it is. */
export type AwaitedKey = { readonly keyid: string; readonly name: string | null };

/** The signatures that a draft lacks in one role, and who can give them. */
export type AwaitedSignatures = {
  readonly role: FeedRole;
  /** How many are still needed. */
  readonly needed: number;
  readonly from: readonly AwaitedKey[];
  /** A new root is signed by enough of the keys so far, and by enough of the new ones. */
  readonly keys: "present" | "former" | "new";
};

/** Whose signatures a draft lacks. A key counts once, however often it has signed. */
export function awaitedFrom(
  draft: Draft,
  before: Keyring,
  after: Keyring,
  signers: readonly Signer[],
): readonly AwaitedSignatures[] {
  const names = new Map(signers.flatMap(({ name, keys }) => keys.map(({ keyid }) => [keyid, name] as const)));
  const awaited = (role: FeedRole, metadata: SignedMetadata, own: RoleKeys, keys: AwaitedSignatures["keys"]) => {
    const signed = keyidsThatSigned(metadata, own);
    const left = own.keys.filter(({ keyid }) => !signed.has(keyid));
    const from = left.map(({ keyid }) => ({ keyid, name: names.get(keyid) ?? null }));
    return { role, needed: own.threshold - signed.size, from, keys };
  };
  const all = partsOf(draft).flatMap(({ role, metadata }): AwaitedSignatures[] => {
    const isReplaced = JSON.stringify(before[role].keys) !== JSON.stringify(after[role].keys);
    if (role !== "root" || !isReplaced) return [awaited(role, metadata, after[role], "present")];
    return [awaited(role, metadata, before.root, "former"), awaited(role, metadata, after.root, "new")];
  });
  return all.filter(({ needed }) => needed > 0);
}

/** One sentence a role: how many signatures of whom. */
export function awaitedSentence({ role, needed, from, keys }: AwaitedSignatures): string {
  const what = needed === 1 ? "1 more signature" : `${needed} more signatures`;
  const which = keys === "present" ? "" : ` with ${keys === "former" ? "the keys so far" : "the new keys"}`;
  const people = [...new Set(from.map(nameOf))];
  const last = people.pop() ?? "nobody";
  const conjunction = needed < from.length ? "or" : "and";
  const whose = people.length === 0 ? last : `${people.join(", ")} ${conjunction} ${last}`;
  return `${role} needs ${what}${which}, from ${whose}.`;
}

/** The people who can still sign, each once, with the roles that they can sign. */
export function awaitedPeople(
  awaited: readonly AwaitedSignatures[],
): readonly { readonly name: string; readonly roles: readonly FeedRole[] }[] {
  const roles = new Map<string, Set<FeedRole>>();
  for (const { role, from } of awaited) {
    for (const key of from) roles.set(nameOf(key), (roles.get(nameOf(key)) ?? new Set()).add(role));
  }
  return Array.from(roles, ([name, own]) => ({ name, roles: [...own] }));
}

function nameOf({ keyid, name }: AwaitedKey): string {
  return name ?? `the owner of key ${keyid.slice(0, 8)}`;
}

import { copyFile, mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { removeFolder } from "../../src-shared/node/atomic-files.ts";
import { ok } from "../../src-shared/result.ts";
import type { FeedRole } from "../../src-shared/updates/index.ts";
import { type Attempt, fail } from "../failure.ts";
import { feedBundlesFolder, makeFeedKey, openFeedKeys } from "../keys/index.ts";
import { exists } from "../paths.ts";
import { checkBundlePlace, placesOf } from "./bundles.ts";
import { PUBLIC_KEYS, ROOT_ANCHOR } from "./feed-paths.ts";
import { type FeedTransaction, submitDraft, type TransactionResult } from "./feed-transaction.ts";
import type { RoleKeys } from "./keyring.ts";
import { draftOfKeys } from "./keys-draft.ts";
import type { ReplacedKey } from "./replace-keys.ts";
import { mayNamePerson } from "./roles.ts";
import { readSigners, type Signer, withNewKeys, writeSigners } from "./signers.ts";

export type PersonOrder = {
  readonly name: string;
  /** The folder for the new bundle; the publisher's key folder by default. */
  readonly out: string | undefined;
};

export type ReplacedPerson = TransactionResult & {
  readonly name: string;
  readonly bundles: readonly string[];
  readonly replaced: readonly ReplacedKey[];
};

/**
 * Gives a person new keys in every role, in one change: the root keys so far and the new ones sign the new root, `targets`
 * the other roles. One new bundle. SIGNER_UNKNOWN, FILE_EXISTS, KEYS_ON_STICK, KEYS_IN_CHECKOUT.
 */
export async function replacePerson(
  transaction: FeedTransaction,
  { name, out }: PersonOrder,
): Promise<Attempt<ReplacedPerson>> {
  const { feed, keys, now } = transaction;
  const signers = await readSigners(feed.folder);
  if (!signers.ok) return signers;
  const old = keysInUse(transaction, signers.value, name);
  if (!old.ok) return old;
  const places = placesOf({ repo: feed.folder, keys, people: [name], out }).filter(({ owner }) => owner === name);
  const folder = out === undefined ? feedBundlesFolder(keys) : join(out, name);
  const free = await checkFree(
    places.map((place) => place.folder),
    out,
    transaction,
  );
  if (!free.ok) return free;
  let isKept = false;
  try {
    const keyring: { [role in FeedRole]: RoleKeys } = { ...feed.keyring };
    const replaced: ReplacedKey[] = [];
    for (const { keyid, role } of old.value) {
      const place = role === "root" || role === "targets" ? "offline" : "person";
      const bundle = places.find((one) => one.place === place)?.folder ?? folder;
      const next = await makeFeedKey(bundle, role, feed.dev);
      const { generation } = feed.keyring[role];
      const all = keyring[role].keys.map((key) => (key.keyid === keyid ? next : key));
      keyring[role] = { ...keyring[role], keys: all, generation: generation + 1 };
      replaced.push({ role, old: keyid, next: next.keyid, bundle });
    }
    const bundles = [...new Set(replaced.flatMap(({ bundle }) => bundle ?? []))];
    const fresh = await openFeedKeys(bundles);
    if (!fresh.ok) return fresh;
    await writeSigners(feed.folder, withNewKeys(signers.value, replaced));
    const roles = [...new Set(replaced.map(({ role }) => role))];
    const draft = { ...draftOfKeys({ feed, now }, roles, keyring, false), summary: `new keys for ${name}` };
    const others = transaction.signers.filter(({ bundle }) => !bundles.includes(bundle));
    // Whatever fails from here on may come after a publication that lists the new keys.
    isKept = true;
    const result = await submitDraft({ ...transaction, signers: [...others, ...fresh.value] }, draft);
    isKept = result.ok;
    if (!result.ok) return result;
    if (out !== undefined) await copyAnchor(keys, folder);
    return ok({ ...result.value, name, bundles, replaced });
  } finally {
    // Keys that no change lists are of no use to anybody.
    if (!isKept) for (const place of places) await removeFolder(place.folder);
  }
}

/** The keys of a person that the feed lists. */
function keysInUse({ feed }: FeedTransaction, signers: readonly Signer[], name: string): Attempt<Signer["keys"]> {
  const people = signers.filter((signer) => mayNamePerson(signer.name));
  const person = people.find((signer) => signer.name === name);
  if (!person) {
    const known = people.map((signer) => signer.name).join(", ") || "nobody, so use `vaultctl feed rotate --key`";
    return fail("SIGNER_UNKNOWN", `No person ${name} signs here. signers.json in the feed's folder names ${known}.`);
  }
  const inUse = person.keys.filter(({ keyid, role }) => feed.keyring[role].keys.some((key) => key.keyid === keyid));
  return inUse.length > 0
    ? ok(inUse)
    : fail("SIGNER_UNKNOWN", `${name} has no key in this feed any more: see \`vaultctl feed status\`.`);
}

async function checkFree(
  folders: readonly string[],
  out: string | undefined,
  { feed, keys }: FeedTransaction,
): Promise<Attempt<undefined>> {
  const place = out === undefined ? ok(undefined) : await checkBundlePlace(out, { repo: feed.folder, keys }, feed.dev);
  if (!place.ok) return place;
  for (const folder of folders) {
    if (await exists(folder)) {
      return fail("FILE_EXISTS", `${folder} has the old keys, or new ones that wait: name another folder with --out.`);
    }
  }
  return ok(undefined);
}

async function copyAnchor(keys: string, bundle: string): Promise<void> {
  const to = join(bundle, PUBLIC_KEYS, ROOT_ANCHOR);
  await mkdir(dirname(to), { recursive: true });
  await copyFile(join(keys, PUBLIC_KEYS, ROOT_ANCHOR), to);
}

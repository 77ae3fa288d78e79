import { randomBytes } from "node:crypto";
import { mkdir, readdir, rmdir } from "node:fs/promises";
import { dirname, join, resolve, sep } from "node:path";
import { removeFolder, renameFile, syncFolder } from "../../src-shared/node/atomic-files.ts";
import { type Attempt, fail } from "../failure.ts";
import { checkKeyPlace, feedBundlesFolder, type FeedKey, type FeedSigner, makeFeedKey } from "../keys/index.ts";
import { exists, isFolder, isInside } from "../paths.ts";
import { type Bundle, bundlesFor } from "./roles.ts";
import type { Signer } from "./signers.ts";

export type FeedOrder = {
  readonly repo: string;
  readonly keys: string;
  /** Their names; a majority of them approves. */
  readonly people: readonly string[];
  /** The folder for one bundle a person; the publisher's key folder by default. */
  readonly out?: string | undefined;
};

/** Whether new bundles may be written into this folder. KEYS_ON_STICK, KEYS_IN_CHECKOUT, USAGE, FILE_EXISTS. */
export async function checkBundlesFolder(out: string, order: FeedOrder, dev: boolean): Promise<Attempt<undefined>> {
  const place = await checkBundlePlace(out, order, dev);
  if (!place.ok) return place;
  const isFree = !(await exists(out)) || ((await isFolder(out)) && (await readdir(out)).length === 0);
  return isFree ? place : fail("FILE_EXISTS", `${out} is not an empty folder: name another with --out.`);
}

/** Whether bundles may be written to this place. KEYS_ON_STICK, KEYS_IN_CHECKOUT, USAGE. */
export async function checkBundlePlace(
  out: string,
  { keys, repo }: Pick<FeedOrder, "keys" | "repo">,
  dev: boolean,
): Promise<Attempt<undefined>> {
  const place = await checkKeyPlace(out, dev);
  if (!place.ok) return place;
  if (!(await isInside(out, keys)) && !(await isInside(out, repo))) return place;
  return fail("USAGE", `${out} is in the key folder or in the feed: the bundles leave this computer, so name another.`);
}

export type PlacedBundle = Bundle & { readonly folder: string };

/** Where each bundle goes: a person's keys of root and targets into a folder of their own within the person's bundle. */
export function placesOf({ keys, people, out }: FeedOrder): readonly PlacedBundle[] {
  return bundlesFor(people).map((bundle) => {
    if (out === undefined || bundle.place === "machine") {
      return { ...bundle, folder: join(feedBundlesFolder(keys), bundle.name) };
    }
    return { ...bundle, folder: join(out, bundle.owner, ...(bundle.place === "offline" ? ["offline"] : [])) };
  });
}

/** The owners of these bundles with the ids of their keys. */
export function signersOf(places: readonly PlacedBundle[], signers: readonly FeedSigner[]): readonly Signer[] {
  const owners = [...new Set(places.map(({ owner }) => owner))];
  return owners.map((name) => {
    const folders = new Set(places.flatMap(({ owner, folder }) => (owner === name ? [folder] : [])));
    const own = signers.filter(({ bundle }) => folders.has(bundle));
    return { name, keys: own.map(({ kid, role }) => ({ keyid: kid, role })) };
  });
}

/** Makes the keys of all bundles, under temporary names until all are there: nobody sees a folder with only some of them. */
export async function makeBundles(
  places: readonly PlacedBundle[],
  { keys, out }: FeedOrder,
  dev: boolean,
): Promise<readonly FeedKey[]> {
  const roots = [...(out === undefined ? [] : [resolve(out)]), resolve(feedBundlesFolder(keys))];
  const suffix = `-${randomBytes(6).toString("hex")}`;
  try {
    const made: FeedKey[] = [];
    for (const { folder, roles } of places) {
      const root = roots.find((path) => resolve(folder).startsWith(path + sep)) ?? "";
      const unfinished = join(`${root}${suffix}`, resolve(folder).slice(root.length));
      for (const role of roles) made.push(await makeFeedKey(unfinished, role, dev));
    }
    for (const root of roots) {
      await mkdir(dirname(root), { recursive: true });
      if (await exists(root)) await rmdir(root);
      await renameFile(`${root}${suffix}`, root);
      await syncFolder(dirname(root));
    }
    return made;
  } finally {
    for (const root of roots) await removeFolder(`${root}${suffix}`);
  }
}

import { createHash, randomBytes } from "node:crypto";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import * as v from "valibot";
import { fromBase64url, toBase64url } from "../../src-shared/encoding/base64url.ts";
import { parseStrictJson } from "../../src-shared/encoding/strict-json.ts";
import { utf8 } from "../../src-shared/encoding/text.ts";
import { PositiveInteger } from "../../src-shared/integers.ts";
import { isUsablePublicKey } from "../../src-shared/jws/index.ts";
import { codeOf } from "../../src-shared/node/atomic-files.ts";
import { readSmallFile } from "../../src-shared/node/plain-files.ts";
import { ok } from "../../src-shared/result.ts";
import { DELEGATIONS, type FeedRole, TOP_ROLES } from "../../src-shared/updates/index.ts";
import { KIB } from "../../src-shared/units.ts";
import { type Attempt, fail } from "../failure.ts";
import { exists, findEnclosingStick } from "../paths.ts";
import { makePrivateFolder } from "../private-access.ts";
import { publicKeyOf, SEED_BYTES } from "./ed25519.ts";
import { createSigner, type Signer } from "./signer.ts";
import { PRIVATE, PRIVATE_FILE_MODE } from "./key-folder.ts";
import { writeJson } from "./make-key.ts";

export const FEED_ROLES = [...TOP_ROLES, ...(Object.keys(DELEGATIONS) as (keyof typeof DELEGATIONS)[])];

/** The public half of a key of the feed; `keyid` is that of the TUF specification, section 4.2. */
export type FeedKey = { readonly keyid: string; readonly role: FeedRole; readonly publicHex: string };

/** A private feed key that can sign but not be read, with the bundle that holds it. */
export type FeedSigner = Signer<FeedRole> & { readonly publicHex: string; readonly bundle: string };

const SUFFIX = ".jwk.json";

const PrivateFeedJwk = v.object({
  kty: v.literal("OKP"),
  crv: v.literal("Ed25519"),
  x: v.string(),
  d: v.string(),
  kid: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
  use: v.literal("sig"),
  alg: v.literal("EdDSA"),
  "uvv:role": v.picklist(FEED_ROLES.map((role) => `feed-${role}` as const)),
  "uvv:generation": PositiveInteger,
  "uvv:dev": v.optional(v.boolean(), false),
});

/** The folder of the bundles, until their owners move them elsewhere. */
export function feedBundlesFolder(keys: string): string {
  return join(keys, PRIVATE, "feed");
}

/** Creates a feed key in a bundle (the folder of one person or machine); older keys of the role in it are kept. */
export async function makeFeedKey(bundle: string, role: FeedRole, dev: boolean): Promise<FeedKey> {
  const seed = randomBytes(SEED_BYTES);
  const publicKey = publicKeyOf(seed);
  const key = feedKeyOf(role, publicKey);
  await makePrivateFolder(bundle, false);
  const generation = await freeGeneration(bundle, role);
  const jwk: v.InferInput<typeof PrivateFeedJwk> = {
    kty: "OKP",
    crv: "Ed25519",
    x: toBase64url(publicKey),
    kid: key.keyid,
    use: "sig",
    alg: "EdDSA",
    "uvv:role": `feed-${role}`,
    "uvv:generation": generation,
    ...(dev ? { "uvv:dev": true } : {}),
    d: toBase64url(seed),
  };
  await writeJson(join(bundle, nameOf(role, generation)), jwk, PRIVATE_FILE_MODE);
  return key;
}

/** Opens every key in these bundles, as signing would. Fails if one file is damaged. */
export async function openFeedKeys(bundles: readonly string[]): Promise<Attempt<readonly FeedSigner[]>> {
  const signers: FeedSigner[] = [];
  for (const bundle of bundles) {
    const stick = await findEnclosingStick(bundle);
    if (stick) return fail("KEYS_ON_STICK", `${bundle} is on the stick ${stick}: keep the keys apart from sticks.`);
    for (const name of (await readdir(bundle)).filter((entry) => entry.endsWith(SUFFIX)).toSorted()) {
      const path = join(bundle, name);
      const signer = openFeedKey(await readSmallFile(path, 4 * KIB), bundle);
      if (!signer) return fail("KEYS_BROKEN", `${path} is not a private key of the feed: restore it from your backup.`);
      signers.push(signer);
    }
  }
  return ok(signers);
}

/** The bundles that are still in the publisher's own key folder. */
export async function bundlesIn(keys: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(feedBundlesFolder(keys), { withFileTypes: true });
    const folders = entries.filter((entry) => entry.isDirectory());
    return folders.map(({ name }) => join(feedBundlesFolder(keys), name)).toSorted();
  } catch (error) {
    if (codeOf(error) === "ENOENT") return [];
    throw error;
  }
}

function openFeedKey(bytes: Uint8Array | undefined, bundle: string): FeedSigner | undefined {
  const json = bytes && parseStrictJson(bytes);
  const jwk = v.safeParse(PrivateFeedJwk, json?.ok ? json.value : undefined);
  const seed = jwk.success ? fromBase64url(jwk.output.d) : undefined;
  if (!jwk.success || seed?.length !== SEED_BYTES) return undefined;
  const publicKey = publicKeyOf(seed);
  const role = jwk.output["uvv:role"].slice("feed-".length) as FeedRole;
  const { keyid, publicHex } = feedKeyOf(role, publicKey);
  // If the private and the public half do not match, nobody could verify the signatures.
  const fits = toBase64url(publicKey) === jwk.output.x && keyid === jwk.output.kid && isUsablePublicKey(publicKey);
  return fits
    ? { ...createSigner(seed, { kid: keyid, role, dev: jwk.output["uvv:dev"] }), publicHex, bundle }
    : undefined;
}

export function feedKeyOf(role: FeedRole, publicKey: Uint8Array): FeedKey {
  const publicHex = Buffer.from(publicKey).toString("hex");
  // Canonical JSON of the key object, as TUF clients see it.
  const canonical = `{"keytype":"ed25519","keyval":{"public":"${publicHex}"},"scheme":"ed25519"}`;
  return { keyid: createHash("sha256").update(utf8(canonical)).digest("hex"), role, publicHex };
}

async function freeGeneration(bundle: string, role: FeedRole): Promise<number> {
  let generation = 1;
  while (await exists(join(bundle, nameOf(role, generation)))) generation++;
  return generation;
}

function nameOf(role: FeedRole, generation: number): string {
  return generation === 1 ? `feed-${role}${SUFFIX}` : `feed-${role}.${generation}${SUFFIX}`;
}

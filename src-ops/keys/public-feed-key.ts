import { join } from "node:path";
import * as v from "valibot";
import { fromBase64url, toBase64url } from "../../src-shared/encoding/base64url.ts";
import { parseStrictJson } from "../../src-shared/encoding/strict-json.ts";
import { isUsablePublicKey } from "../../src-shared/jws/index.ts";
import { readSmallFile } from "../../src-shared/node/plain-files.ts";
import { ok } from "../../src-shared/result.ts";
import type { FeedRole } from "../../src-shared/updates/index.ts";
import { KIB } from "../../src-shared/units.ts";
import { type Attempt, fail } from "../failure.ts";
import { findEnclosingStick } from "../paths.ts";
import { FEED_ROLES, type FeedKey, feedKeyOf, makeFeedKey } from "./feed-keys.ts";
import { writeJson } from "./make-key.ts";

// Strict: a file that also holds the private half is refused, and the sender should be informed.
const PublicFeedJwk = v.strictObject({
  kty: v.literal("OKP"),
  crv: v.literal("Ed25519"),
  x: v.string(),
  kid: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
  use: v.literal("sig"),
  alg: v.literal("EdDSA"),
  "uvv:role": v.picklist(FEED_ROLES.map((role) => `feed-${role}` as const)),
  "uvv:dev": v.optional(v.boolean(), false),
});

/** A feed key that was created on another computer: its private half stays there. */
export type PublicFeedKey = FeedKey & { readonly dev: boolean };

/** Creates a key in its owner's bundle, and its public half as a file to send to the publisher. KEYS_ON_STICK. */
export async function makeOwnFeedKey(
  bundle: string,
  role: FeedRole,
  dev: boolean,
): Promise<Attempt<{ readonly keyid: string; readonly file: string }>> {
  const stick = await findEnclosingStick(bundle);
  if (stick) return fail("KEYS_ON_STICK", `${bundle} is on the stick ${stick}: keep the keys apart from sticks.`);
  const { keyid, publicHex } = await makeFeedKey(bundle, role, dev);
  const jwk: v.InferInput<typeof PublicFeedJwk> = {
    kty: "OKP",
    crv: "Ed25519",
    x: toBase64url(Buffer.from(publicHex, "hex")),
    kid: keyid,
    use: "sig",
    alg: "EdDSA",
    "uvv:role": `feed-${role}`,
    ...(dev ? { "uvv:dev": true } : {}),
  };
  const file = join(bundle, `feed-${role}.${keyid.slice(0, 8)}.public.json`);
  await writeJson(file, jwk, 0o644);
  return ok({ keyid, file });
}

/** Reads the public half of a key that somebody sent (attacker-controlled). PUBLIC_KEY_INVALID, NOT_FOUND. */
export async function readPublicFeedKey(path: string): Promise<Attempt<PublicFeedKey>> {
  const bytes = await readSmallFile(path, 4 * KIB);
  if (!bytes) return fail("NOT_FOUND", `There is no public key at ${path}.`);
  const json = parseStrictJson(bytes);
  const jwk = v.safeParse(PublicFeedJwk, json.ok ? json.value : undefined);
  const publicKey = jwk.success ? fromBase64url(jwk.output.x) : undefined;
  if (!jwk.success || !publicKey || !isUsablePublicKey(publicKey)) return invalidPublicKey(path);
  const key = feedKeyOf(jwk.output["uvv:role"].slice("feed-".length) as FeedRole, publicKey);
  // The sender confirms the key id over another channel, so a key that was changed on the way must not keep its id.
  return key.keyid === jwk.output.kid ? ok({ ...key, dev: jwk.output["uvv:dev"] }) : invalidPublicKey(path);
}

function invalidPublicKey(path: string) {
  return fail(
    "PUBLIC_KEY_INVALID",
    `${path} is not a public key file from \`vaultctl feed make-key\`: ask for it again.`,
  );
}

import { join } from "node:path";
import * as v from "valibot";
import nacl from "tweetnacl";
import { fromBase64url, toBase64url } from "../../src-shared/encoding/base64url.ts";
import { parseStrictJson } from "../../src-shared/encoding/strict-json.ts";
import { PublicJwk, type TrustRole } from "../../src-shared/jws/index.ts";
import { readSmallFile } from "../../src-shared/node/plain-files.ts";
import { ok } from "../../src-shared/result.ts";
import { KIB } from "../../src-shared/units.ts";
import { type Attempt, fail } from "../failure.ts";
import { stickAround } from "../places.ts";
import { createSigner, type Signer } from "../signing/index.ts";
import { PRIVATE, privateKeyPath, PUBLIC, publisherPath } from "./key-folder.ts";

/** Who publishes, from `private/publisher.json`. */
export type Publisher = {
  readonly folder: string;
  readonly issuer: string;
  /** Raising it in the file retires every license made before, on each computer that sees a newer one. */
  readonly licenseEpoch: number;
};

const PublisherFile = v.object({
  v: v.literal(1),
  issuer: v.pipe(v.string(), v.regex(/^[A-Za-z0-9._-]{1,64}$/)),
  licenseEpoch: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
});
const PrivateJwk = v.object({ ...PublicJwk.entries, d: v.string() });

/** Opens a key folder. It must not lie on a stick: whoever finds the stick would have the keys. */
export async function loadPublisher(folder: string): Promise<Attempt<Publisher>> {
  const around = await stickAround(folder);
  if (around) return fail("KEYS_ON_STICK", `${folder} is on the stick ${around}: keep the keys on your own computer.`);
  const bytes = await readSmallFile(publisherPath(folder), 4 * KIB);
  if (!bytes) return fail("KEYS_MISSING", `No keys in ${folder}: make them once with \`vaultctl keys init\`.`);
  const json = parseStrictJson(bytes);
  const file = v.safeParse(PublisherFile, json.ok ? json.value : undefined);
  if (!file.success) return fail("KEYS_BROKEN", `${publisherPath(folder)} is damaged: restore it from your backup.`);
  const { issuer, licenseEpoch } = file.output;
  return ok({ folder, issuer, licenseEpoch });
}

/** The folder that holds the publisher's own anchors. */
export function publicKeysOf(publisher: Publisher): string {
  return join(publisher.folder, PUBLIC);
}

/** Opens the publisher's private key of one role. */
export async function loadSigner(publisher: Publisher, role: TrustRole): Promise<Attempt<Signer>> {
  const path = privateKeyPath(publisher.folder, role);
  const bytes = await readSmallFile(path, 4 * KIB);
  if (!bytes) return fail("KEYS_MISSING", `No ${role} key in ${join(publisher.folder, PRIVATE)}: restore your backup.`);
  const json = parseStrictJson(bytes);
  const jwk = v.safeParse(PrivateJwk, json.ok ? json.value : undefined);
  const seed = jwk.success ? fromBase64url(jwk.output.d) : undefined;
  if (!jwk.success || jwk.output["uvv:role"] !== role || seed?.length !== nacl.sign.seedLength) {
    return fail("KEYS_BROKEN", `${path} is damaged: restore it from your backup.`);
  }
  // A key whose halves do not belong together would sign what nobody can verify.
  if (toBase64url(nacl.sign.keyPair.fromSeed(seed).publicKey) !== jwk.output.x) {
    return fail("KEYS_BROKEN", `${path} has a private part that does not belong to its public part.`);
  }
  return ok(createSigner(seed, { kid: jwk.output.kid, role, dev: jwk.output["uvv:dev"] }));
}

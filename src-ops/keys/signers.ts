import { join } from "node:path";
import * as v from "valibot";
import { fromBase64url, toBase64url } from "../../src-shared/encoding/base64url.ts";
import { parseStrictJson } from "../../src-shared/encoding/strict-json.ts";
import { PublicJwk, type TrustRole, type TrustRoot } from "../../src-shared/jws/index.ts";
import { ok } from "../../src-shared/result.ts";
import { type Attempt, fail } from "../failure.ts";
import { publicKeyOf, SEED_BYTES } from "./ed25519.ts";
import { createSigner, type Signer } from "./signer.ts";
import { requireCurrentFolder } from "./fence.ts";
import { loadTrust } from "./load-trust.ts";
import { keyFileName, PRIVATE, privateKeyPath } from "./key-folder.ts";
import { readPrivateFile } from "./protection/index.ts";
import { type Publisher, publicKeysOf } from "./publisher.ts";

const PrivateJwk = v.object({ ...PublicJwk.entries, d: v.string() });

/** Opens the private half of the key that readers expect for this role: the newest that is not retired. */
export async function loadSigner(publisher: Publisher, role: TrustRole): Promise<Attempt<Signer>> {
  const usable = await requireCurrentFolder(publisher);
  if (!usable.ok) return usable;
  const current = await currentKey(publisher, role);
  if (!current.ok) return current;
  const path = privateKeyPath(publisher.folder, role, current.value.generation);
  const missing = `No ${role} key in ${join(publisher.folder, PRIVATE)}: restore your backup.`;
  return openKey(path, current.value, publisher, missing);
}

/** Opens the parent key from `folder` or, if that is absent, from the key folder. */
export async function loadParent(publisher: Publisher, folder: string | undefined): Promise<Attempt<Signer>> {
  const usable = await requireCurrentFolder(publisher);
  if (!usable.ok) return usable;
  const role = "key-manifest";
  const current = await currentKey(publisher, role);
  if (!current.ok) return current;
  const { generation } = current.value;
  const own = privateKeyPath(publisher.folder, role, generation);
  const path = folder === undefined ? own : join(folder, keyFileName(role, generation));
  const missing = `The parent key is not at ${path}: name the folder where you keep it with --parent.`;
  return openKey(path, current.value, publisher, missing);
}

/** The public half of the key that signs for a role. */
export async function currentKey(publisher: Publisher, role: TrustRole): Promise<Attempt<TrustRoot>> {
  const trust = await loadTrust(publicKeysOf(publisher), undefined);
  if (!trust.ok) return trust;
  const newest = trust.value.roots
    .filter((root) => root.role === role && !root.retired)
    .toSorted((a, b) => b.generation - a.generation)[0];
  return newest ? ok(newest) : fail("KEYS_MISSING", `No ${role} key in ${publicKeysOf(publisher)}: ${REMEDY[role]}.`);
}

const REMEDY: Readonly<Record<TrustRole, string>> = {
  "license-issuer": "restore your backup",
  "revocation-list": "restore your backup",
  "vault-publisher": "restore your backup",
  "telemetry-enrolment": "restore your backup",
  "key-manifest": "a folder made by an older vaultctl has none; see `vaultctl keys new-parent`",
};

async function openKey(
  path: string,
  expected: TrustRoot,
  { folder }: Publisher,
  missing: string,
): Promise<Attempt<Signer>> {
  const { role } = expected;
  const bytes = await readPrivateFile(path, expected.kid, folder);
  if (!bytes.ok) return bytes;
  if (!bytes.value) return fail("KEYS_MISSING", missing);
  const json = parseStrictJson(bytes.value);
  const jwk = v.safeParse(PrivateJwk, json.ok ? json.value : undefined);
  const seed = jwk.success ? fromBase64url(jwk.output.d) : undefined;
  if (!jwk.success || jwk.output["uvv:role"] !== role || seed?.length !== SEED_BYTES) {
    return fail("KEYS_BROKEN", `${path} is damaged: restore it from your backup.`);
  }
  // If the private and the public half do not match, nobody could verify the signatures.
  const publicKey = toBase64url(publicKeyOf(seed));
  if (publicKey !== jwk.output.x) {
    return fail("KEYS_BROKEN", `${path} has a private part that does not match its public part.`);
  }
  if (jwk.output.kid !== expected.kid || publicKey !== toBase64url(expected.publicKey)) {
    return fail("KEYS_BROKEN", `${path} is not the private half of ${expected.kid}, which readers know.`);
  }
  return ok(createSigner(seed, { kid: jwk.output.kid, role, dev: jwk.output["uvv:dev"] }));
}

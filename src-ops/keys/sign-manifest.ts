import { createHash } from "node:crypto";
import { join } from "node:path";
import type { InferInput } from "valibot";
import { toBase64url } from "../../src-shared/encoding/base64url.ts";
import {
  applyKeyManifest,
  jwkOfRoot,
  KEY_MANIFEST_PROFILE,
  type KeyManifestClaims,
  parseKeyManifest,
  type TrustRoot,
  type TrustRoots,
} from "../../src-shared/jws/index.ts";
import { writeFileAtomic } from "../../src-shared/node/atomic-files.ts";
import { readSmallFile } from "../../src-shared/node/plain-files.ts";
import { ok } from "../../src-shared/result.ts";
import type { UnixSeconds } from "../../src-shared/units.ts";
import { KEYS_FILE } from "../../src-shared/vault/index.ts";
import { type Attempt, fail } from "../failure.ts";
import { type Publisher, publicKeysOf } from "./publisher.ts";
import { writePublicKey } from "./make-key.ts";
import { appendToRegister, nextListSeq, type Register, rotatedIn } from "../register/index.ts";
import { type Signer, signDocument } from "./signer.ts";

export type Change = {
  readonly role: string;
  /** Of the new key; absent if keys are only retired. */
  readonly kid?: string;
  readonly retired: readonly string[];
};

export type SignedManifest = { readonly seq: number; readonly register: Register };

export function isParent(root: TrustRoot): boolean {
  return root.role === KEY_MANIFEST_PROFILE.role;
}

/** Makes these keys the valid ones. Writes the register entry, then the manifest (from that moment the change is in
 * force), then the single key files that builds of the app include. Call it under the register's lock.
 */
export async function signManifest(
  publisher: Publisher,
  parent: Signer,
  register: Register,
  keys: { readonly parents: TrustRoots; readonly others: TrustRoots },
  change: Change,
  now: UnixSeconds,
): Promise<Attempt<SignedManifest>> {
  const { parents, others } = keys;
  const path = join(publicKeysOf(publisher), KEYS_FILE);
  const seq = nextListSeq(register, Math.max(rotatedIn(register).seq, await sequenceIn(path, parents)));
  const claims: InferInput<typeof KeyManifestClaims> = { v: 1, seq, iat: now, keys: others.map(jwkOfRoot) };
  const text = signDocument(parent, KEY_MANIFEST_PROFILE, claims);
  if (!applyKeyManifest(parents, text, { generation: 0, sequence: 0 }).ok) {
    return fail("KEYS_BROKEN", `Readers would not accept the new key manifest: check the keys in ${publisher.folder}.`);
  }
  const sha256 = toBase64url(createHash("sha256").update(text).digest());
  const entry = { kind: "rotation" as const, seq, ...change, retired: [...change.retired], sha256 };
  const next = await appendToRegister(publisher.folder, register, now, entry);
  await writeFileAtomic(path, text);
  for (const root of others) await writePublicKey(publisher.folder, jwkOfRoot(root));
  return ok({ seq, register: next });
}

async function sequenceIn(path: string, parents: TrustRoots): Promise<number> {
  const bytes = await readSmallFile(path, KEY_MANIFEST_PROFILE.maxBytes);
  const manifest = bytes && parseKeyManifest(bytes.toString("utf8"), parents);
  return manifest?.ok ? manifest.value.counter.sequence : 0;
}

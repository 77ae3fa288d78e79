import { createHash } from "node:crypto";
import { join } from "node:path";
import { toBase64url } from "../../src-shared/encoding/base64url.ts";
import type { TrustRoots } from "../../src-shared/jws/index.ts";
import { armor, parseRevocations, REVOCATION_PROFILE, type Revocations } from "../../src-shared/license/index.ts";
import { MAX_ARMORED_CHARS } from "../../src-shared/limits.ts";
import { writeFileAtomic } from "../../src-shared/node/atomic-files.ts";
import { readSmallFile } from "../../src-shared/node/plain-files.ts";
import { ok } from "../../src-shared/result.ts";
import type { UnixSeconds } from "../../src-shared/units.ts";
import { REVOCATIONS_FILE } from "../../src-shared/vault/index.ts";
import { type Attempt, fail } from "../failure.ts";
import { loadSigner } from "./signers.ts";
import { type Publisher, publicKeysOf } from "./publisher.ts";
import { appendToRegister, nextListSeq, type Register, revokedIn, toBeListed } from "../register/index.ts";
import { signDocument } from "./signer.ts";
import { loadTrust } from "./load-trust.ts";

export type SignedList = {
  readonly seq: number;
  readonly licenses: readonly string[];
  readonly keys: readonly string[];
  readonly register: Register;
};

/** Where the publisher keeps the newest list. */
export function revocationsPath(publisher: Publisher): string {
  return join(publisher.folder, REVOCATIONS_FILE);
}

/** The list in a file, if the file exists and a trusted key signed it. */
export async function readRevocations(path: string, roots: TrustRoots): Promise<Revocations | undefined> {
  const bytes = await readSmallFile(path, MAX_ARMORED_CHARS);
  const list = bytes && parseRevocations(bytes.toString("utf8"), roots);
  return list?.ok ? list.value : undefined;
}

/**
 * Signs the next list: everything that was revoked before and has not expired since, and `added`. Its number continues
 * even with a new key. The list is entered in the register first, then written. Call it under the register's lock.
 */
export async function signNextList(
  publisher: Publisher,
  register: Register,
  added: { readonly licenses: readonly string[]; readonly keys: readonly string[] },
  now: UnixSeconds,
): Promise<Attempt<SignedList>> {
  const signer = await loadSigner(publisher, "revocation-list");
  if (!signer.ok) return signer;
  const before = revokedIn(register);
  const seq = nextListSeq(register, before.seq);
  const licenses = [...new Set([...toBeListed(register, now), ...added.licenses])];
  const keys = [...new Set([...before.keys, ...added.keys])];
  const token = signDocument(signer.value, REVOCATION_PROFILE, { v: 1, seq, iat: now, licenses, keys });
  if (token.length > REVOCATION_PROFILE.maxBytes) {
    return fail(
      "REVOCATIONS_FULL",
      `The list would be larger than readers accept with ${licenses.length} licenses that have not expired: raise licenseEpoch instead.`,
    );
  }
  const trust = await loadTrust(publicKeysOf(publisher), undefined);
  if (!trust.ok) return trust;
  const text = armor("REVOCATION LIST", token);
  if (!parseRevocations(text, trust.value.roots).ok) {
    return fail("KEYS_BROKEN", `The public keys in ${publicKeysOf(publisher)} do not match the private ones.`);
  }
  const sha256 = toBase64url(createHash("sha256").update(text).digest());
  const entry = { kind: "revocation", seq, ...added, kid: signer.value.kid, sha256 } as const;
  const next = await appendToRegister(publisher.folder, register, now, {
    ...entry,
    licenses: [...added.licenses],
    keys: [...added.keys],
  });
  await writeFileAtomic(revocationsPath(publisher), text);
  return ok({ seq, licenses, keys, register: next });
}

import { createHash, randomBytes } from "node:crypto";
import { mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import nacl from "tweetnacl";
import { toBase64url } from "../../src-shared/encoding/base64url.ts";
import { ID_LENGTH, idFromRandom } from "../../src-shared/ids.ts";
import { type PublicJwk, TRUST_ROLES, type TrustRole } from "../../src-shared/jws/index.ts";
import { syncFolder, writeFileAtomic } from "../../src-shared/node/atomic-files.ts";
import { ok } from "../../src-shared/result.ts";
import { type Attempt, fail } from "../failure.ts";
import { exists, stickAround } from "../places.ts";
import {
  PRIVATE,
  PRIVATE_FILE_MODE,
  PRIVATE_FOLDER_MODE,
  privateKeyPath,
  PUBLIC,
  publicKeyPath,
  publisherPath,
} from "./key-folder.ts";

export type CreatedKeys = {
  readonly issuer: string;
  readonly keys: readonly { readonly role: TrustRole; readonly kid: string; readonly file: string }[];
};

const KID_PREFIX: Readonly<Record<TrustRole, string>> = {
  "license-issuer": "lic",
  "revocation-list": "rev",
  "vault-publisher": "vlt",
};

/** Makes one Ed25519 key for each role. Refuses a folder that has private keys already, and a folder on a stick. */
export async function createPublisherKeys(folder: string, dev: boolean): Promise<Attempt<CreatedKeys>> {
  const stick = await stickAround(folder);
  if (stick) return fail("KEYS_ON_STICK", `${folder} is on the stick ${stick}: keep the keys on your own computer.`);
  if ((await exists(join(folder, PRIVATE))) || (await exists(join(folder, PUBLIC)))) {
    return fail("KEYS_EXIST", `${folder} has keys already: use them, or choose another folder with --dir.`);
  }
  // Made under another name and renamed: a folder with some of its keys is never seen.
  const draft = join(folder, `.keys-${randomBytes(6).toString("hex")}`);
  try {
    await mkdir(join(draft, PRIVATE, "vaults"), { recursive: true, mode: PRIVATE_FOLDER_MODE });
    await mkdir(join(draft, PUBLIC));
    const issuer = idFromRandom(randomBytes(ID_LENGTH));
    await writeJson(publisherPath(draft), { v: 1, issuer, licenseEpoch: 1 }, PRIVATE_FILE_MODE);
    const kids: string[] = [];
    for (const role of TRUST_ROLES) kids.push(await createKey(draft, role, dev));
    await rename(join(draft, PRIVATE), join(folder, PRIVATE));
    await rename(join(draft, PUBLIC), join(folder, PUBLIC));
    await syncFolder(folder);
    const keys = TRUST_ROLES.map((role, i) => ({ role, kid: kids[i] as string, file: publicKeyPath(folder, role) }));
    return ok({ issuer, keys });
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

async function createKey(folder: string, role: TrustRole, dev: boolean): Promise<string> {
  const seed = randomBytes(nacl.sign.seedLength);
  const x = toBase64url(nacl.sign.keyPair.fromSeed(seed).publicKey);
  const kid = `${KID_PREFIX[role]}-${thumbprint(x).slice(0, 16)}`;
  const jwk: PublicJwk = {
    kty: "OKP",
    crv: "Ed25519",
    x,
    kid,
    use: "sig",
    alg: "EdDSA",
    "uvv:role": role,
    "uvv:generation": 1,
    ...(dev ? { "uvv:dev": true } : {}),
  };
  await writeJson(publicKeyPath(folder, role), jwk, 0o644);
  await writeJson(privateKeyPath(folder, role), { ...jwk, d: toBase64url(seed) }, PRIVATE_FILE_MODE);
  return kid;
}

/** RFC 7638: SHA-256 over the required members in lexicographic order. */
function thumbprint(x: string): string {
  return toBase64url(createHash("sha256").update(`{"crv":"Ed25519","kty":"OKP","x":"${x}"}`).digest());
}

async function writeJson(path: string, value: object, mode: number): Promise<void> {
  await writeFileAtomic(path, `${JSON.stringify(value, undefined, 2)}\n`, mode);
}

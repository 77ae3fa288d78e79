import { createHash, randomBytes } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { toBase64url } from "../../src-shared/encoding/base64url.ts";
import { utf8 } from "../../src-shared/encoding/text.ts";
import type { PublicJwk, TrustRole } from "../../src-shared/jws/index.ts";
import { writeFileAtomic } from "../../src-shared/node/atomic-files.ts";
import { publicKeyOf, SEED_BYTES } from "./ed25519.ts";
import { PRIVATE_FOLDER_MODE, privateKeyPath, publicKeyPath } from "./key-folder.ts";
import { type FolderKey, writePrivateFile } from "./protection/index.ts";

const KID_PREFIX: Readonly<Record<TrustRole, string>> = {
  "license-issuer": "lic",
  "revocation-list": "rev",
  "vault-publisher": "vlt",
  "telemetry-enrolment": "enr",
  "key-manifest": "par",
};

type NewKey = {
  readonly role: TrustRole;
  readonly generation: number;
  readonly dev: boolean;
  /** Seals the private half; absent if the folder has no password. */
  readonly folderKey: FolderKey | undefined;
};

/** Creates an Ed25519 key and writes its private half to the folder. Returns the public half, not yet published. */
export async function makeKey(folder: string, { role, generation, dev, folderKey }: NewKey): Promise<PublicJwk> {
  const seed = randomBytes(SEED_BYTES);
  const x = toBase64url(publicKeyOf(seed));
  const jwk: PublicJwk = {
    kty: "OKP",
    crv: "Ed25519",
    x,
    kid: `${KID_PREFIX[role]}-${thumbprint(x).slice(0, 16)}`,
    use: "sig",
    alg: "EdDSA",
    "uvv:role": role,
    "uvv:generation": generation,
    ...(dev ? { "uvv:dev": true } : {}),
  };
  const path = privateKeyPath(folder, role, generation);
  await mkdir(dirname(path), { recursive: true, mode: PRIVATE_FOLDER_MODE });
  await writePrivateFile(path, jwk.kid, utf8(jsonText({ ...jwk, d: toBase64url(seed) })), folderKey);
  return jwk;
}

/** Writes a public key into the folder from which readers get their trust anchors. */
export async function writePublicKey(folder: string, jwk: PublicJwk): Promise<void> {
  await writeJson(publicKeyPath(folder, jwk["uvv:role"], jwk["uvv:generation"]), jwk, 0o644);
}

export async function writeJson(path: string, value: object, mode: number): Promise<void> {
  await writeFileAtomic(path, jsonText(value), mode);
}

function jsonText(value: object): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}

/** RFC 7638: SHA-256 over the required members in lexicographic order. */
function thumbprint(x: string): string {
  return toBase64url(createHash("sha256").update(`{"crv":"Ed25519","kty":"OKP","x":"${x}"}`).digest());
}

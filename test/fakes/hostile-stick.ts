import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { toBase64url } from "../../src-shared/encoding/base64url.ts";
import { utf8 } from "../../src-shared/encoding/text.ts";
import { MANIFEST_PROFILE, VAULT_FOLDER } from "../../src-shared/vault/index.ts";
import { vaultPublisher } from "./issuer.ts";

/**
 * Fills the vault of a stick with manifests that are as expensive to refuse as possible: the trusted key's name, a
 * well-formed signature, and the given number of bytes.
 */
export function writeForgedManifests(root: string, count: number, bytes: number = MANIFEST_PROFILE.maxBytes): void {
  const folder = join(root, VAULT_FOLDER);
  mkdirSync(folder, { recursive: true });
  const header = toBase64url(
    utf8(JSON.stringify({ alg: "EdDSA", kid: vaultPublisher.root.kid, typ: MANIFEST_PROFILE.typ })),
  );
  // Half of the group order and a point of large order: no check before the hash refuses them.
  const signature = toBase64url(Uint8Array.from({ length: 64 }, (_, index) => (index === 63 ? 1 : index + 9)));
  const room = bytes - header.length - signature.length - 2;
  const token = `${header}.${"A".repeat(room - (room % 4))}.${signature}`;
  for (let index = 0; index < count; index++) writeFileSync(join(folder, `manifest.${1_000 + index}.jws`), token);
}

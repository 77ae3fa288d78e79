import { randomBytes } from "node:crypto";
import { fromBase64url, toBase64url } from "../../src-shared/encoding/base64url.ts";
import type { ActivationRequest, LicenseClaims } from "../../src-shared/license/index.ts";
import { sealToDevice } from "../../src-shared/node/device-sealing.ts";
import { passphraseKey, SCRYPT_COST, wrapKey } from "../../src-shared/node/vault-keys.ts";
import { kekInfo } from "../../src-shared/vault/index.ts";

type SealedVaultKey = LicenseClaims["vaults"][number]["kek"];

type Place = Omit<Parameters<typeof kekInfo>[0], "device">;

const SALT_BYTES = 32;

/** Seals a vault's key for a device, under a passphrase, or both; each bound to this license and this stick. */
export async function sealVaultKey(
  kek: Uint8Array,
  place: Place,
  request: ActivationRequest | undefined,
  passphrase: string | undefined,
): Promise<SealedVaultKey> {
  return {
    ...(request ? { device: await sealForDevice(kek, place, request) } : {}),
    ...(passphrase === undefined ? {} : { passphrase: await sealUnderPassphrase(kek, place, passphrase) }),
  };
}

function sealForDevice(kek: Uint8Array, place: Place, request: ActivationRequest) {
  const publicKey = fromBase64url(request.x25519);
  if (!publicKey) throw new RangeError("a parsed request holds base64url");
  return sealToDevice(publicKey, kek, kekInfo({ ...place, device: request.device }));
}

async function sealUnderPassphrase(kek: Uint8Array, place: Place, passphrase: string) {
  const salt = randomBytes(SALT_BYTES);
  const key = await passphraseKey(passphrase, salt, SCRYPT_COST);
  return { salt: toBase64url(salt), ...SCRYPT_COST, sealed: wrapKey(key, kek, kekInfo({ ...place, device: "" })) };
}

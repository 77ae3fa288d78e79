import { randomBytes } from "node:crypto";
import { fromBase64url, toBase64url } from "../../src-shared/encoding/base64url.ts";
import type { LicenseClaims } from "../../src-shared/license/index.ts";
import { sealToDevice } from "../../src-shared/node/device-sealing.ts";
import { passphraseKey, SCRYPT_COST, wrapKey } from "../../src-shared/node/vault-keys.ts";
import { kekInfo } from "../../src-shared/vault/index.ts";
import type { RegisteredDevice } from "../register/index.ts";

type SealedVaultKey = LicenseClaims["vaults"][number]["kek"];

type KeyBinding = Omit<Parameters<typeof kekInfo>[0], "device">;

const SALT_BYTES = 32;

/** Seals a vault's key for a device, with a passphrase, or both; each is bound to this license and this stick. */
export async function sealVaultKey(
  kek: Uint8Array,
  binding: KeyBinding,
  device: RegisteredDevice | undefined,
  passphrase: string | undefined,
): Promise<SealedVaultKey> {
  return {
    ...(device ? { device: await sealForDevice(kek, binding, device) } : {}),
    ...(passphrase === undefined ? {} : { passphrase: await sealUnderPassphrase(kek, binding, passphrase) }),
  };
}

function sealForDevice(kek: Uint8Array, binding: KeyBinding, device: RegisteredDevice) {
  const publicKey = fromBase64url(device.x25519);
  if (!publicKey) throw new RangeError("a registered device has a base64url key");
  return sealToDevice(publicKey, kek, kekInfo({ ...binding, device: device.id }));
}

async function sealUnderPassphrase(kek: Uint8Array, binding: KeyBinding, passphrase: string) {
  const salt = randomBytes(SALT_BYTES);
  const key = await passphraseKey(passphrase, salt, SCRYPT_COST);
  return { salt: toBase64url(salt), ...SCRYPT_COST, sealed: wrapKey(key, kek, kekInfo({ ...binding, device: "" })) };
}

import { fromBase64url } from "../../src-shared/encoding/base64url.ts";
import type { License } from "../../src-shared/license/index.ts";
import { openOnDevice } from "../../src-shared/node/device-sealing.ts";
import { passphraseKey, unwrapKey } from "../../src-shared/node/vault-keys.ts";
import { kekInfo } from "../../src-shared/vault/index.ts";
import type { DeviceKey } from "./device-key.ts";

/** The vault key, opened with this computer's key; `undefined` when the license does not hold it for this computer. */
export async function unlockOnDevice(
  license: License,
  vaultId: string,
  key: DeviceKey,
): Promise<Uint8Array | undefined> {
  const sealed = sealedKeys(license, vaultId)?.device;
  return sealed && openOnDevice(key.x25519Private, sealed, infoOf(license, vaultId, key.id));
}

/** The vault key, opened with the passphrase (scrypt: 32 MiB and about 60 ms); `undefined` if it is the wrong one. */
export async function unlockByPassphrase(
  license: License,
  vaultId: string,
  passphrase: string,
): Promise<Uint8Array | undefined> {
  const sealed = sealedKeys(license, vaultId)?.passphrase;
  const salt = sealed && fromBase64url(sealed.salt);
  if (!sealed || !salt) return undefined;
  const wrapping = await passphraseKey(passphrase, salt, sealed);
  return unwrapKey(wrapping, sealed.sealed, infoOf(license, vaultId, ""));
}

function sealedKeys(license: License, vaultId: string) {
  return license.claims.vaults.find((vault) => vault.id === vaultId)?.kek;
}

function infoOf({ claims }: License, vaultId: string, device: string): Uint8Array {
  const { iss, lid, seq, bind } = claims;
  return kekInfo({ issuer: iss, licenseId: lid, seq, vaultId, stickId: bind.stick, device });
}

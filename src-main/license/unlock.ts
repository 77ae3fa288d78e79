import { fromBase64url } from "../../src-shared/encoding/base64url.ts";
import type { License } from "../../src-shared/license/index.ts";
import { openOnDevice } from "../../src-shared/node/device-sealing.ts";
import { isCommittedKey, passphraseKey, unwrapKey } from "../../src-shared/node/vault-keys.ts";
import { kekInfo } from "../../src-shared/vault/index.ts";
import type { DeviceKey } from "./device-key.ts";

/** The vault key, opened with this computer's key; `undefined` if the license does not contain it for this computer. */
export async function unlockOnDevice(
  license: License,
  vaultId: string,
  key: DeviceKey,
): Promise<Uint8Array | undefined> {
  const vault = vaultIn(license, vaultId);
  if (!vault?.kek.device) return undefined;
  return committed(vault, await openOnDevice(key.x25519Private, vault.kek.device, infoOf(license, vaultId, key.id)));
}

/** The vault key, opened with the passphrase (scrypt: 32 MiB and about 60 ms); `undefined` if it is the wrong one. */
export async function unlockByPassphrase(
  license: License,
  vaultId: string,
  passphrase: string,
): Promise<Uint8Array | undefined> {
  const vault = vaultIn(license, vaultId);
  const sealed = vault?.kek.passphrase;
  const salt = sealed && fromBase64url(sealed.salt);
  if (!sealed || !salt) return undefined;
  const wrapping = await passphraseKey(passphrase, salt, sealed);
  return committed(vault, unwrapKey(wrapping, sealed.sealed, infoOf(license, vaultId, "")));
}

type LicensedVault = License["claims"]["vaults"][number];

function vaultIn(license: License, vaultId: string): LicensedVault | undefined {
  return license.claims.vaults.find((vault) => vault.id === vaultId);
}

function committed({ id, commitment }: LicensedVault, kek: Uint8Array | undefined): Uint8Array | undefined {
  return kek && isCommittedKey(kek, id, commitment) ? kek : undefined;
}

function infoOf({ claims }: License, vaultId: string, device: string): Uint8Array {
  const { iss, lid, seq, bind } = claims;
  return kekInfo({ issuer: iss, licenseId: lid, seq, vaultId, stickId: bind.stick, device });
}

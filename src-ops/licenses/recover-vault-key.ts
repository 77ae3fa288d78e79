import { fromBase64url } from "../../src-shared/encoding/base64url.ts";
import { type LicenseClaims, verifyLicense } from "../../src-shared/license/index.ts";
import { readSmallFile } from "../../src-shared/node/plain-files.ts";
import { isCommittedKey, passphraseKey, unwrapKey } from "../../src-shared/node/vault-keys.ts";
import { readCatalog } from "../../src-shared/node/vault-reader.ts";
import { ok } from "../../src-shared/result.ts";
import { KIB } from "../../src-shared/units.ts";
import { kekInfo } from "../../src-shared/vault/index.ts";
import { type Attempt, fail } from "../failure.ts";
import { loadPublisher, loadVaultKey, publicKeysOf, saveVaultKey, loadTrust } from "../keys/index.ts";
import { openTrusted } from "../packing/index.ts";
import { readLicenseFile } from "./license-file.ts";

export type RecoveryOrder = {
  readonly keys: string;
  readonly stick: string;
  readonly license: string;
  readonly passphraseFile: string;
};

/** Recovers a lost vault key from a license and its passphrase, and checks that the key opens the stick. */
export async function recoverVaultKey(order: RecoveryOrder): Promise<Attempt<{ readonly vaultId: string }>> {
  const publisher = await loadPublisher(order.keys);
  if (!publisher.ok) return publisher;
  const trust = await loadTrust(publicKeysOf(publisher.value), order.stick);
  if (!trust.ok) return trust;
  const opened = await openTrusted(order.stick, publicKeysOf(publisher.value));
  if (!opened.ok) return opened;
  const { vaultId } = opened.value.vault.manifest.claims;
  const known = await loadVaultKey(publisher.value, vaultId);
  if (known.ok) return fail("KEYS_EXIST", `The key of vault ${vaultId} exists: there is nothing to recover.`);
  if (!["VAULT_KEY_MISSING", "KEYS_BROKEN"].includes(known.error.code)) return known;
  const text = await readLicenseFile(order.license);
  if (!text.ok) return text;
  const license = verifyLicense(text.value, trust.value.roots);
  if (!license.ok) return fail("LICENSE_REFUSED", `${order.license}: ${license.error}; name one of your own licenses.`);
  const passphrase = (await readSmallFile(order.passphraseFile, KIB))?.toString("utf8").trim() ?? "";
  const kek = await openWithPassphrase(license.value.claims, vaultId, passphrase);
  const catalog = kek && (await readCatalog(opened.value.vault, kek));
  if (!kek || !catalog?.ok) {
    return fail("PASSPHRASE_INVALID", `${order.license} does not open ${order.stick} with that passphrase.`);
  }
  const saved = await saveVaultKey(publisher.value, vaultId, kek);
  return saved.ok ? ok({ vaultId }) : saved;
}

async function openWithPassphrase({ iss, lid, seq, vaults, bind }: LicenseClaims, vaultId: string, passphrase: string) {
  const vault = vaults.find(({ id }) => id === vaultId);
  const wrapped = vault?.kek.passphrase;
  const salt = wrapped && fromBase64url(wrapped.salt);
  if (!wrapped || !salt) return undefined;
  const info = kekInfo({ issuer: iss, licenseId: lid, seq, vaultId, stickId: bind.stick, device: "" });
  const kek = unwrapKey(await passphraseKey(passphrase, salt, wrapped), wrapped.sealed, info);
  return kek && isCommittedKey(kek, vaultId, vault.commitment) ? kek : undefined;
}

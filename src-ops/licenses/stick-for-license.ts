import type { StickFingerprint } from "../../src-shared/license/index.ts";
import { readCatalog } from "../../src-shared/node/vault-reader.ts";
import { ok } from "../../src-shared/result.ts";
import { type Attempt, fail } from "../failure.ts";
import { loadVaultKey, type Publisher, publicKeysOf, requireNewestKeys } from "../keys/index.ts";
import { openTrusted } from "../packing/index.ts";
import { isFolder } from "../paths.ts";
import { findStick, readStickFingerprint } from "../records/index.ts";

/** The stick that a license will open, with the vault key to seal into the license. */
export type StickForLicense = {
  readonly path: string;
  readonly vaultId: string;
  readonly stickId: string;
  /** What viewers see. */
  readonly label: string;
  readonly videoIds: readonly string[];
  readonly kek: Uint8Array;
  /** Of the drive; `undefined` if the vault is in a folder and not on a stick. */
  readonly fingerprint: StickFingerprint | undefined;
};

/**
 * Opens a stick with the publisher's keys, and checks that the vault key opens it before a license contains it. The stick is
 * named by its folder, or, if it is not at hand, by its name or id in the publisher's records.
 */
export async function openStickForLicense(publisher: Publisher, name: string): Promise<Attempt<StickForLicense>> {
  const kept = (await isFolder(name)) ? ok(undefined) : await findStick(publisher, name);
  if (!kept.ok) return kept;
  const stick = kept.value?.folder ?? name;
  const opened = await openTrusted(stick, publicKeysOf(publisher));
  if (!opened.ok) return opened;
  // A stick that a restored folder has written shows that this one is replaced.
  const newest = kept.value ? ok(undefined) : await requireNewestKeys(publisher, stick);
  if (!newest.ok) return newest;
  const { vaultId, stickId, label, markKey } = opened.value.vault.manifest.claims;
  const kek = await loadVaultKey(publisher, vaultId);
  if (!kek.ok) return kek;
  const catalog = await readCatalog(opened.value.vault, kek.value);
  if (!catalog.ok) return fail("VAULT_DAMAGED", `The catalog of ${stick} cannot be opened with the vault's key.`);
  const videoIds = catalog.value.catalog.videos.map(({ id }) => id);
  return ok({
    path: name,
    vaultId,
    stickId,
    label,
    kek: kek.value,
    videoIds,
    fingerprint: kept.value ? kept.value.fingerprint : await readStickFingerprint(stick, markKey),
  });
}

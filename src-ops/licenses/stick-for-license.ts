import type { StickFingerprint } from "../../src-shared/license/index.ts";
import { ok } from "../../src-shared/result.ts";
import type { Attempt } from "../failure.ts";
import { type Publisher, publicKeysOf, requireNewestKeys } from "../keys/index.ts";
import { openCatalog, openTrusted } from "../packing/index.ts";
import { isFolder } from "../paths.ts";
import { findStickInUse, readStickFingerprint } from "../records/index.ts";

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
  const kept = (await isFolder(name)) ? ok(undefined) : await findStickInUse(publisher, name);
  if (!kept.ok) return kept;
  const stick = kept.value?.folder ?? name;
  const opened = await openTrusted(stick, publicKeysOf(publisher));
  if (!opened.ok) return opened;
  // A stick that a restored folder has written shows that this one is replaced.
  const newest = kept.value ? ok(undefined) : await requireNewestKeys(publisher, stick);
  if (!newest.ok) return newest;
  const { vaultId, stickId, label, markKey } = opened.value.vault.manifest.claims;
  const catalog = await openCatalog(publisher, opened.value.vault);
  if (!catalog.ok) return catalog;
  const videoIds = catalog.value.catalog.videos.map(({ id }) => id);
  return ok({
    path: name,
    vaultId,
    stickId,
    label,
    kek: catalog.value.kek,
    videoIds,
    fingerprint: kept.value ? kept.value.fingerprint : await readStickFingerprint(stick, markKey),
  });
}

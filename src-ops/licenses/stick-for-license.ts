import type { StickFingerprint } from "../../src-shared/license/index.ts";
import { readCatalog } from "../../src-shared/node/vault-reader.ts";
import { ok } from "../../src-shared/result.ts";
import { type Attempt, fail } from "../failure.ts";
import { loadVaultKey, type Publisher, publicKeysOf } from "../keys/index.ts";
import { openTrusted } from "../packing/index.ts";
import { readStickFingerprint } from "./stick-fingerprint.ts";

/** The stick that a license is to open, with the key to seal into it. */
export type StickForLicense = {
  readonly path: string;
  readonly vaultId: string;
  readonly stickId: string;
  readonly videoIds: readonly string[];
  readonly kek: Uint8Array;
  /** Of the drive itself, where the vault lies on a stick and not in a folder. */
  readonly marks: StickFingerprint | undefined;
};

/** Opens a stick with the publisher's keys, and proves that the vault key really opens it before it is given out. */
export async function openStickForLicense(publisher: Publisher, stick: string): Promise<Attempt<StickForLicense>> {
  const opened = await openTrusted(stick, publicKeysOf(publisher));
  if (!opened.ok) return opened;
  const { vaultId, stickId } = opened.value.vault.manifest.claims;
  const kek = await loadVaultKey(publisher, vaultId);
  if (!kek.ok) return kek;
  const catalog = await readCatalog(opened.value.vault, kek.value);
  if (!catalog.ok) return fail("VAULT_DAMAGED", `The catalog of ${stick} does not open with its key.`);
  const videoIds = catalog.value.catalog.videos.map(({ id }) => id);
  return ok({
    path: stick,
    vaultId,
    stickId,
    kek: kek.value,
    videoIds,
    marks: await readStickFingerprint(stick, stickId),
  });
}

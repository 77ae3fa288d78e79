import { randomBytes } from "node:crypto";
import * as v from "valibot";
import { KEY_BYTES } from "../../src-shared/container/index.ts";
import { toBase64url } from "../../src-shared/encoding/base64url.ts";
import { fromUtf8 } from "../../src-shared/encoding/text.ts";
import { ID_LENGTH, idFromRandom, RandomId } from "../../src-shared/ids.ts";
import { parseStrictJson } from "../../src-shared/encoding/strict-json.ts";
import type { TrustRoots } from "../../src-shared/jws/index.ts";
import { deriveSubkeys, type VaultSubkeys } from "../../src-shared/node/vault-keys.ts";
import { makeForeignFolder, readForeignFile, writeForeignFile } from "../../src-shared/node/foreign-files.ts";
import { listGenerations, openVault } from "../../src-shared/node/vault-reader.ts";
import type { Protection } from "../../src-shared/protection.ts";
import { ok } from "../../src-shared/result.ts";
import { KIB } from "../../src-shared/units.ts";
import {
  type CatalogVideo,
  DATA_FOLDER,
  FORMAT_FILE,
  MANIFEST_PROFILE,
  type ManifestFile,
  manifestName,
  parseManifest,
  type Section,
  VAULT_FILE,
  VAULT_FOLDER,
} from "../../src-shared/vault/index.ts";
import type { Attempt } from "../failure.ts";
import {
  loadSigner,
  loadVaultKey,
  packRecordPath,
  type Publisher,
  publicKeysOf,
  saveVaultKey,
  requireNewestKeys,
  type Signer,
  loadTrust,
} from "../keys/index.ts";
import { describeOpenFault, openCatalog } from "./vaults/index.ts";
import { FORMAT_TEXT } from "./format-text.ts";
import { type Pending, readPending } from "./pending.ts";

/** A vault on a stick, opened by its publisher to change it. */
export type Session = {
  readonly root: string;
  readonly publisher: Publisher;
  readonly signer: Signer;
  readonly roots: TrustRoots;
  readonly vaultId: string;
  readonly stickId: string;
  /** Of the manifest: random for each stick. */
  readonly markKey: string;
  readonly label: string;
  readonly minSeq: number;
  readonly keys: VaultSubkeys;
  readonly kek: Uint8Array;
  /** The generation on the stick; 0 if nothing is committed yet. */
  readonly gen: number;
  readonly nextGen: number;
  readonly protection: Protection;
  readonly hidesTitles: boolean;
  readonly sections: readonly Section[];
  readonly videos: readonly CatalogVideo[];
  readonly files: readonly ManifestFile[];
  readonly pending: Pending | undefined;
};

const MARK_KEY_BYTES = 32;

const VaultFile = v.object({
  format: v.literal("usb-video-vault"),
  version: v.literal(1),
  vaultId: RandomId,
  stickId: RandomId,
});

/** Opens the vault on a stick. The trust anchors are the publisher's own public keys, never keys on the stick. */
export async function openSession(publisher: Publisher, root: string): Promise<Attempt<Session>> {
  const signer = await loadSigner(publisher, "vault-publisher");
  if (!signer.ok) return signer;
  const trust = await loadTrust(publicKeysOf(publisher), root);
  if (!trust.ok) return trust;
  const { roots } = trust.value;
  const vault = await openVault(root, roots);
  if (!vault.ok) return describeOpenFault(vault.error, root);
  const newest = await requireNewestKeys(publisher, root);
  if (!newest.ok) return newest;
  const { vaultId, stickId, markKey, label, minSeq, gen, files } = vault.value.manifest.claims;
  const opened = await openCatalog(publisher, vault.value);
  if (!opened.ok) return opened;
  const { catalog, keys, kek } = opened.value;
  const inPacks = await highestSigned(packRecordPath(publisher.folder, stickId), roots);
  const nextGen = 1 + Math.max(gen, await highestSigned(root, roots), inPacks);
  const { protection, hidesTitles, sections, videos } = catalog;
  const content = { protection, hidesTitles, sections, videos, files };
  const location = { root, vaultId, stickId, catalogKey: keys.catalog };
  const pending = await readPending(location);
  const common = { root, publisher, signer: signer.value, roots, vaultId, stickId, markKey, label, minSeq };
  return ok({ ...common, keys, kek, gen, nextGen, ...content, pending });
}

/** Starts a vault on a stick that has none, or continues with one whose packing was interrupted. */
export async function createSession(
  publisher: Publisher,
  root: string,
  { label, protection }: Pick<Session, "label" | "protection">,
): Promise<Attempt<Session>> {
  const signer = await loadSigner(publisher, "vault-publisher");
  if (!signer.ok) return signer;
  const trust = await loadTrust(publicKeysOf(publisher), root);
  if (!trust.ok) return trust;
  const started = await findStartedVault(publisher, root);
  if (!started.ok) return started;
  const vault = started.value ? ok(started.value) : await startVault(publisher, root);
  if (!vault.ok) return vault;
  const common = {
    root,
    publisher,
    signer: signer.value,
    roots: trust.value.roots,
    label,
    protection,
    minSeq: 0,
    markKey: newMarkKey(),
  };
  return ok({ ...common, ...vault.value, gen: 0, nextGen: 1, hidesTitles: false, sections: [], videos: [], files: [] });
}

type StartedVault = Pick<Session, "vaultId" | "stickId" | "keys" | "kek" | "pending">;

async function startVault(publisher: Publisher, root: string): Promise<Attempt<StartedVault>> {
  const [vaultId, stickId] = [idFromRandom(randomBytes(ID_LENGTH)), idFromRandom(randomBytes(ID_LENGTH))];
  const kek = randomBytes(KEY_BYTES);
  const saved = await saveVaultKey(publisher, vaultId, kek);
  if (!saved.ok) return saved;
  await writeVaultFolder(root, vaultId, stickId);
  return ok({ vaultId, stickId, kek, keys: deriveSubkeys(kek), pending: undefined });
}

/** Creates the folders and the two clear files of a vault, which reveal nothing about the videos. */
export async function writeVaultFolder(root: string, vaultId: string, stickId: string): Promise<void> {
  await makeForeignFolder(root, [VAULT_FOLDER, DATA_FOLDER]);
  const file: v.InferInput<typeof VaultFile> = { format: "usb-video-vault", version: 1, vaultId, stickId };
  await writeForeignFile(root, [VAULT_FOLDER, VAULT_FILE], `${JSON.stringify(file)}\n`);
  await writeForeignFile(root, [VAULT_FOLDER, FORMAT_FILE], FORMAT_TEXT);
}

// The ids on the stick are not encrypted (attacker-controlled). They are accepted only with a pending record that is
// sealed with that vault's key and names the stick id too.
async function findStartedVault(publisher: Publisher, root: string): Promise<Attempt<StartedVault | undefined>> {
  const bytes = await readForeignFile(root, [VAULT_FOLDER, VAULT_FILE], 4 * KIB);
  const json = bytes && parseStrictJson(bytes);
  const file = v.safeParse(VaultFile, json?.ok ? json.value : undefined);
  if (!file.success) return ok(undefined);
  const { vaultId, stickId } = file.output;
  const kek = await loadVaultKey(publisher, vaultId);
  if (!kek.ok) return ["VAULT_KEY_MISSING", "KEYS_BROKEN"].includes(kek.error.code) ? ok(undefined) : kek;
  const keys = deriveSubkeys(kek.value);
  const pending = await readPending({ root, vaultId, stickId, catalogKey: keys.catalog });
  return ok(pending && { vaultId, stickId, kek: kek.value, keys, pending });
}

// A signed manifest whose catalog is lost, or that is in a content pack, cannot be opened here, but its number is used:
// computers may have seen it.
async function highestSigned(root: string, roots: TrustRoots): Promise<number> {
  for (const gen of await listGenerations(root)) {
    const bytes = await readForeignFile(root, [VAULT_FOLDER, manifestName(gen)], MANIFEST_PROFILE.maxBytes);
    const token = bytes && fromUtf8(bytes);
    if (token !== undefined && parseManifest(token, gen, roots).ok) return gen;
  }
  return 0;
}

export function newMarkKey(): string {
  return toBase64url(randomBytes(MARK_KEY_BYTES));
}

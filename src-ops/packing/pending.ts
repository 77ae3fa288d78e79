import { join } from "node:path";
import { removeFile } from "../../src-shared/node/atomic-files.ts";
import * as v from "valibot";
import { KEY_BYTES, SALT_BYTES } from "../../src-shared/container/index.ts";
import { fromBase64url } from "../../src-shared/encoding/base64url.ts";
import { parseStrictJson } from "../../src-shared/encoding/strict-json.ts";
import { lengthPrefixed, utf8 } from "../../src-shared/encoding/text.ts";
import { RandomId } from "../../src-shared/ids.ts";
import { readForeignFile, writeForeignFile } from "../../src-shared/node/foreign-files.ts";
import { MIB } from "../../src-shared/units.ts";
import { CatalogVideo, ManifestClaims, PENDING_FILE, VAULT_FOLDER } from "../../src-shared/vault/index.ts";
import { openRecord, sealRecord } from "./sealed-record.ts";

// Only `vaultctl` uses this file; readers of the stick ignore it.
const PENDING_PATH = [VAULT_FOLDER, PENDING_FILE] as const;

const MAX_BYTES = 64 * MIB;

const Source = v.object({ path: v.string(), size: v.number(), mtimeMs: v.number() });
const base64urlOf = (bytes: number) =>
  v.pipe(
    v.string(),
    v.check((text) => fromBase64url(text)?.length === bytes),
  );

/** A file that is being written: with the same key and salt, the next run produces the same container. */
const PendingFile = v.object({
  source: Source,
  id: RandomId,
  key: base64urlOf(KEY_BYTES),
  salt: base64urlOf(SALT_BYTES),
});
export type PendingFile = v.InferOutput<typeof PendingFile>;

/** A video that is completely on the stick, durable and read back, but not in the manifest yet. */
const FinishedVideo = v.object({
  source: Source,
  fingerprint: v.string(),
  video: CatalogVideo,
  files: ManifestClaims.entries.files,
});
export type FinishedVideo = v.InferOutput<typeof FinishedVideo>;

const Pending = v.object({
  v: v.literal(1),
  stickId: RandomId,
  /** The generation that this packing will commit. */
  gen: v.number(),
  finished: v.array(FinishedVideo),
  current: v.optional(PendingFile),
});
/**
 * The state that an interrupted packing needs to continue. It holds file keys, so it is sealed with the vault's key.
 */
export type Pending = v.InferOutput<typeof Pending>;

type VaultLocation = { readonly root: string; readonly vaultId: string; readonly catalogKey: Uint8Array };

export async function writePending(location: VaultLocation, pending: Pending): Promise<void> {
  const sealed = await sealRecord(utf8(JSON.stringify(pending)), location.catalogKey, context(location));
  await writeForeignFile(location.root, PENDING_PATH, sealed);
}

/** The state of an interrupted packing of this stick; `undefined` if there is none sealed with this vault's key. */
export async function readPending(
  location: VaultLocation & { readonly stickId: string },
): Promise<Pending | undefined> {
  const sealed = await readForeignFile(location.root, PENDING_PATH, MAX_BYTES);
  const clear = sealed && (await openRecord(sealed, location.catalogKey, context(location)));
  const json = clear && parseStrictJson(clear);
  const pending = v.safeParse(Pending, json?.ok ? json.value : undefined);
  return pending.success && pending.output.stickId === location.stickId ? pending.output : undefined;
}

export async function removePending(root: string): Promise<void> {
  await removeFile(pathOf(root));
}

function pathOf(root: string): string {
  return join(root, VAULT_FOLDER, PENDING_FILE);
}

function context(location: VaultLocation): Uint8Array {
  return lengthPrefixed("uvv-pending/1", location.vaultId);
}

import { mkdir, readdir } from "node:fs/promises";
import { dirname } from "node:path";
import * as v from "valibot";
import { KEY_BYTES } from "../../src-shared/container/index.ts";
import { fromBase64url, toBase64url } from "../../src-shared/encoding/base64url.ts";
import { parseStrictJson } from "../../src-shared/encoding/strict-json.ts";
import { RandomId } from "../../src-shared/ids.ts";
import { utf8 } from "../../src-shared/encoding/text.ts";
import { ok } from "../../src-shared/result.ts";
import { type Attempt, fail } from "../failure.ts";
import { PRIVATE_FOLDER_MODE, vaultKeyPath, vaultKeysFolder } from "./key-folder.ts";
import { readPrivateFile, unlockFolder, writePrivateFile } from "./protection/index.ts";
import { exists } from "../paths.ts";
import type { Publisher } from "./publisher.ts";

const VaultKeyFile = v.object({ v: v.literal(1), vaultId: RandomId, kek: v.string() });

/** Stores a new vault's key (KEK, 32 bytes) durably in the key folder: without it the vault cannot be changed. */
export async function saveVaultKey(
  publisher: Publisher,
  vaultId: string,
  kek: Uint8Array,
): Promise<Attempt<undefined>> {
  const folderKey = await unlockFolder(publisher.folder);
  if (!folderKey.ok) return folderKey;
  const path = vaultKeyPath(publisher.folder, vaultId);
  await mkdir(dirname(path), { recursive: true, mode: PRIVATE_FOLDER_MODE });
  const file = { v: 1, vaultId, kek: toBase64url(kek) };
  await writePrivateFile(path, vaultId, utf8(`${JSON.stringify(file)}\n`), folderKey.value);
  return ok(undefined);
}

/** The ids of the vaults whose keys are in a key folder. */
export async function vaultIdsIn(folder: string): Promise<readonly string[]> {
  const vaults = vaultKeysFolder(folder);
  if (!(await exists(vaults))) return [];
  const names = (await readdir(vaults)).map((name) => name.replace(/\.json$/, ""));
  return names.filter((id) => v.is(RandomId, id)).toSorted();
}

/** The key of one vault (32 bytes). */
export async function loadVaultKey(publisher: Publisher, vaultId: string): Promise<Attempt<Uint8Array>> {
  const path = vaultKeyPath(publisher.folder, vaultId);
  const bytes = await readPrivateFile(path, vaultId, publisher.folder);
  if (!bytes.ok) return bytes;
  if (!bytes.value) {
    return fail(
      "VAULT_KEY_MISSING",
      `${publisher.folder} has no key for vault ${vaultId}: name the key folder that the vault was made with.`,
    );
  }
  const json = parseStrictJson(bytes.value);
  const file = v.safeParse(VaultKeyFile, json.ok ? json.value : undefined);
  const kek = file.success && file.output.vaultId === vaultId ? fromBase64url(file.output.kek) : undefined;
  if (kek?.length !== KEY_BYTES) return fail("KEYS_BROKEN", `${path} is damaged: restore it from your backup.`);
  return ok(kek);
}

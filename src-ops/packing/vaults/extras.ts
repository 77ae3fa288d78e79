import { readdir } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import type { OpenVault } from "../../../src-shared/node/vault-reader.ts";
import {
  catalogName,
  DATA_FOLDER,
  FORMAT_FILE,
  KEYS_FILE,
  isLicenseName,
  LICENSES_FOLDER,
  manifestName,
  partName,
  REVOCATIONS_FILE,
  VAULT_FILE,
  VAULT_FOLDER,
} from "../../../src-shared/vault/index.ts";

/** Every file under `VAULT` that belongs neither to the manifest nor to the layout, as paths from the stick's root. */
export async function findExtras({ root, manifest }: OpenVault): Promise<string[]> {
  const { gen, files } = manifest.claims;
  const known = new Set([VAULT_FILE, FORMAT_FILE, KEYS_FILE, REVOCATIONS_FILE, manifestName(gen), catalogName(gen)]);
  for (const { id, parts } of files) {
    for (const index of parts.keys()) known.add([DATA_FOLDER, id, partName(index)].join("/"));
  }
  const folder = join(root, VAULT_FOLDER);
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join("/"))
    .filter((name) => !known.has(name) && !isLicense(name))
    .map((name) => `${VAULT_FOLDER}/${name}`)
    .toSorted();
}

function isLicense(name: string): boolean {
  const [folder, file, ...rest] = name.split("/");
  return folder === LICENSES_FOLDER && rest.length === 0 && file !== undefined && isLicenseName(file);
}

import { fromUtf8 } from "../../src-shared/encoding/text.ts";
import { readForeignFile } from "../../src-shared/node/foreign-files.ts";
import { listGenerations } from "../../src-shared/node/vault-reader.ts";
import { MANIFEST_PROFILE, manifestName, VAULT_FOLDER } from "../../src-shared/vault/index.ts";
import { artefactHash } from "../log/index.ts";

/** The hash of the newest manifest of a refused stick. `undefined`: it cannot be read. */
export async function refusedManifest(root: string): Promise<string | undefined> {
  const [newest] = await listGenerations(root);
  if (newest === undefined) return undefined;
  const bytes = await readForeignFile(root, [VAULT_FOLDER, manifestName(newest)], MANIFEST_PROFILE.maxBytes);
  const text = bytes && fromUtf8(bytes);
  return text === undefined ? undefined : artefactHash(text);
}

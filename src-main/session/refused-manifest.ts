import { join } from "node:path";
import { fromUtf8 } from "../../src-shared/encoding/text.ts";
import { readSmallFile } from "../../src-shared/node/plain-files.ts";
import { listGenerations } from "../../src-shared/node/vault-reader.ts";
import { MANIFEST_PROFILE, manifestName, VAULT_FOLDER } from "../../src-shared/vault/index.ts";
import { artefactHash } from "../log/index.ts";

/** The hash of the newest manifest of a refused stick. `undefined`: it cannot be read. */
export async function refusedManifest(root: string): Promise<string | undefined> {
  const folder = join(root, VAULT_FOLDER);
  const [newest] = await listGenerations(folder);
  if (newest === undefined) return undefined;
  const bytes = await readSmallFile(join(folder, manifestName(newest)), MANIFEST_PROFILE.maxBytes);
  const text = bytes && fromUtf8(bytes);
  return text === undefined ? undefined : artefactHash(text);
}

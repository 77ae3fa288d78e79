import { readFileSync } from "node:fs";
import { join } from "node:path";
import { decodeUnverifiedJws } from "../../../src-shared/jws/index.ts";
import { manifestName, VAULT_FOLDER } from "../../../src-shared/vault/index.ts";

/** The key of a stick's marks, in the manifest of this generation. */
export function markKeyOn(stick: string, gen = 1): string {
  const token = readFileSync(join(stick, VAULT_FOLDER, manifestName(gen)), "utf8");
  const manifest = decodeUnverifiedJws(token);
  if (!manifest) throw new Error(`${stick} has no manifest`);
  return (manifest.claims as { markKey: string }).markKey;
}

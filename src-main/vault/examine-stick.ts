import { fromUtf8 } from "../../src-shared/encoding/text.ts";
import type { TrustRoots } from "../../src-shared/jws/index.ts";
import { readForeignFile } from "../../src-shared/node/foreign-files.ts";
import { listGenerations, type OpenVault, openVault, type VaultError } from "../../src-shared/node/vault-reader.ts";
import type { Result } from "../../src-shared/result.ts";
import { MANIFEST_PROFILE, manifestName, VAULT_FOLDER } from "../../src-shared/vault/index.ts";
import { artefactHash } from "../log/index.ts";

/** What is on a stick. */
export type ExaminedStick = {
  readonly vault: Result<OpenVault, VaultError>;
  /** The hash of the newest manifest, if the stick was refused and it can be read. */
  readonly refused: string | undefined;
};

/** Reads and checks a stick (attacker-controlled). May take seconds: the app calls it in a thread of its own. */
export async function examineStick(root: string, roots: TrustRoots): Promise<ExaminedStick> {
  const vault = await openVault(root, roots);
  const isUntrusted = !vault.ok && vault.error === "UNTRUSTED";
  return { vault, refused: isUntrusted ? await newestManifest(root) : undefined };
}

async function newestManifest(root: string): Promise<string | undefined> {
  const [newest] = await listGenerations(root);
  if (newest === undefined) return undefined;
  const bytes = await readForeignFile(root, [VAULT_FOLDER, manifestName(newest)], MANIFEST_PROFILE.maxBytes);
  const text = bytes && fromUtf8(bytes);
  return text === undefined ? undefined : artefactHash(text);
}

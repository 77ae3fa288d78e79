import { join } from "node:path";
import { type OpenVault, openVault } from "../../../src-shared/node/vault-reader.ts";
import { VAULT_FOLDER } from "../../../src-shared/vault/index.ts";
import { ROOTS } from "../../fakes/issuer.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";
import { plaintextOf } from "../container/containers.ts";
import { type TestVideo, writeStick } from "./stick.ts";

/** A path inside the vault folder of a stick. */
export function inVault(root: string, ...names: string[]): string {
  return join(root, VAULT_FOLDER, ...names);
}

/** Two videos of 50,000 bytes, each in three parts. */
export const TWO_VIDEOS: readonly TestVideo[] = [
  { name: "one", content: plaintextOf(50_000) },
  { name: "two", content: plaintextOf(50_000).toReversed() },
];

/** A stick with these two videos in a folder of its own, found and trusted. */
export async function openedStick(): Promise<{ root: string; vault: OpenVault }> {
  const root = temporaryFolder();
  await writeStick(root, { videos: TWO_VIDEOS });
  const vault = await openVault(root, ROOTS);
  if (!vault.ok) throw new Error(vault.error);
  return { root, vault: vault.value };
}

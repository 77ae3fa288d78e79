import type { TrustRoots } from "../../../src-shared/jws/index.ts";
import { type OpenVault, openVault, type VaultError } from "../../../src-shared/node/vault-reader.ts";
import { ok } from "../../../src-shared/result.ts";
import { type Attempt, fail } from "../../failure.ts";
import { loadTrust } from "../../keys/index.ts";

/** `roots`: the keys that count, with the newest key manifest of the stick. */
export type TrustedVault = { readonly vault: OpenVault; readonly roots: TrustRoots; readonly dev: boolean };

/** Opens a stick's vault with the trust anchors in `trust`, or else with the compiled ones. */
export async function openTrusted(root: string, trust: string | undefined): Promise<Attempt<TrustedVault>> {
  const anchors = await loadTrust(trust, root);
  if (!anchors.ok) return anchors;
  const { roots, dev } = anchors.value;
  const vault = await openVault(root, roots);
  return vault.ok ? ok({ vault: vault.value, roots, dev }) : describeOpenFault(vault.error, root);
}

/** The failure for a vault that cannot be opened. */
export function describeOpenFault(error: VaultError, root: string) {
  switch (error) {
    case "NO_VAULT":
      return fail("NO_VAULT", `No vault on ${root}: make one with \`vaultctl pack\`, or name the right folder.`);
    case "UNTRUSTED":
      return fail("VAULT_UNTRUSTED", `The vault on ${root} is not signed by a key you trust: check --trust or --keys.`);
    case "INCOMPLETE":
      return fail("VAULT_INCOMPLETE", `The catalog of the vault on ${root} is lost: restore it from another copy.`);
  }
}

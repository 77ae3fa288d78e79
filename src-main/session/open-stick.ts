import type { TrustRoots } from "../../src-shared/jws/index.ts";
import type { OpenVault } from "../../src-shared/node/vault-reader.ts";
import { err, ok, type Result } from "../../src-shared/result.ts";
import type { SessionPorts } from "./ports.ts";
import type { VaultProblem } from "./state.ts";

/** Checks the stick in a folder, and logs why it is refused. */
export async function openStick(
  root: string,
  { trust, sticks, log }: Pick<SessionPorts, "trust" | "sticks" | "log">,
): Promise<Result<OpenVault, VaultProblem>> {
  await trust.applyFromStick(root);
  const anchors = anchorsOf(await trust.roots());
  const { vault, refused } = anchors.ok
    ? await sticks.examine(root, anchors.value)
    : { vault: anchors, refused: undefined };
  if (!vault.ok) log("vault.refused", { code: vault.error, ...(refused === undefined ? {} : { artefact: refused }) });
  return vault;
}

/**
 * `KEYS_LOST`: of the keys that were known, only the parents are left (docs/adr/0006-parent-key-and-key-manifest.md).
 */
function anchorsOf(roots: TrustRoots): Result<TrustRoots, "NO_ANCHOR" | "KEYS_LOST"> {
  if (roots.length === 0) return err("NO_ANCHOR");
  return roots.every(({ role }) => role === "key-manifest") ? err("KEYS_LOST") : ok(roots);
}

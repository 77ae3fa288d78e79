import { verifyLicense } from "../../src-shared/license/index.ts";
import type { CallCode } from "../../src-shared/ipc/index.ts";
import type { OpenVault } from "../../src-shared/node/vault-reader.ts";
import { err, ok, type Result } from "../../src-shared/result.ts";
import { chooseLicense } from "../license/index.ts";
import type { PluggedStick } from "./plugged-sticks.ts";
import type { SessionPorts } from "./ports.ts";

/**
 * The plugged stick that a license text (attacker-controlled) is for: the one that the license names, else the current
 * one. Of several copies of one stick it is the one that the license allows.
 */
export async function stickForLicense(
  text: string,
  current: OpenVault | undefined,
  plugged: readonly PluggedStick[],
  { licenseService, trust }: Pick<SessionPorts, "licenseService" | "trust">,
): Promise<Result<OpenVault, CallCode<"license.import">>> {
  const license = verifyLicense(text, await trust.roots());
  if (!license.ok) return current ? ok(current) : err(license.error);
  const { stick } = license.value.claims.bind;
  const others = plugged.map(({ vault }) => vault).filter((vault) => vault.root !== current?.root);
  const named = [...(current ? [current] : []), ...others].filter(({ manifest }) => manifest.claims.stickId === stick);
  const [first = current, ...copies] = named;
  for (const vault of copies.length > 0 ? named : []) {
    if (chooseLicense([await licenseService.judge(text, vault)]).allowed.length > 0) return ok(vault);
  }
  return first ? ok(first) : err("WRONG_STICK");
}

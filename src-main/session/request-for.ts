import type { CallCode } from "../../src-shared/ipc/index.ts";
import type { OpenVault } from "../../src-shared/node/vault-reader.ts";
import { ok, type Result } from "../../src-shared/result.ts";
import { composeRequest } from "../license/index.ts";
import { deviceKeyForRequest } from "./device-key-for-request.ts";
import type { SessionPorts } from "./ports.ts";

/** The activation request of this computer for a stick. */
export async function requestFor(
  { root, manifest }: OpenVault,
  ports: SessionPorts,
): Promise<Result<{ text: string }, CallCode<"license.request">>> {
  const { vaultId, stickId, markKey } = manifest.claims;
  const key = await deviceKeyForRequest(ports);
  if (!key.ok) return key;
  const fingerprints = await ports.hardware.forRequest(key.value.x25519Private, root, markKey);
  const about = { vaultId, stickId, app: ports.appVersion, iat: ports.now(), ...fingerprints };
  return ok({ text: composeRequest(key.value, about) });
}

import { lengthPrefixed } from "../encoding/text.ts";
import { ED25519_SIGNATURE_BYTES, verifyEd25519 } from "../jws/index.ts";
import { fromBase64url } from "../encoding/base64url.ts";

export const ENROL_HEADER = "UVV-Enrol";
export const SIGNATURE_HEADER = "UVV-Signature";
export const ERASE_PATH = "/erase";

/** What a device signs of one request: it holds for this path and for this body, byte for byte. */
export function statementOf(path: string, body: Uint8Array): Uint8Array {
  return lengthPrefixed("uvv-telemetry/1", path, body);
}

/** Whether `UVV-Signature` (attacker-controlled) is a device's signature over this request. */
export function isStatementOf(publicKey: Uint8Array, path: string, body: Uint8Array, signature: string): boolean {
  const bytes = fromBase64url(signature);
  if (bytes?.length !== ED25519_SIGNATURE_BYTES) return false;
  return verifyEd25519(publicKey, statementOf(path, body), bytes);
}

import { fromBase64url } from "../../src-shared/encoding/base64url.ts";
import { ED25519_SIGNATURE_BYTES, verifyEd25519 } from "../../src-shared/jws/index.ts";
import { type StatementAbout, statementOf } from "../../src-shared/telemetry/index.ts";

/** The check of a telemetry receiver: whether `UVV-Signature` is a device's signature over this request. */
export function isStatementOf(
  publicKey: Uint8Array,
  about: StatementAbout,
  body: Uint8Array,
  signature: string,
): boolean {
  const bytes = fromBase64url(signature);
  if (bytes?.length !== ED25519_SIGNATURE_BYTES) return false;
  return verifyEd25519(publicKey, statementOf(about, body), bytes);
}

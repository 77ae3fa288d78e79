import { lengthPrefixed } from "../encoding/text.ts";
import { MINUTE, type Milliseconds, type UnixMs } from "../units.ts";

export const ENROL_HEADER = "UVV-Enrol";
export const SIGNATURE_HEADER = "UVV-Signature";
/** When the request was signed: milliseconds since 1970, in decimal digits. */
export const SIGNED_AT_HEADER = "UVV-Signed-At";
export const ERASE_PATH = "/erase";

/** How far the time of a signature may be from the receiver's: every request is signed when it is sent. */
export const STATEMENT_TOLERANCE_MS: Milliseconds = 15 * MINUTE * 1_000;

/** What a request is for. `ingest`: the server's address as the sender is configured, without a slash at its end. */
export type StatementAbout = { readonly ingest: string; readonly at: UnixMs; readonly path: string };

/** The statement that a device signs for one request: for one server, one moment, one path and one body, byte for byte. */
export function statementOf({ ingest, at, path }: StatementAbout, body: Uint8Array): Uint8Array {
  return lengthPrefixed("uvv-telemetry/2", ingest, String(at), path, body);
}

import { lengthPrefixed } from "../encoding/text.ts";

export const ENROL_HEADER = "UVV-Enrol";
export const SIGNATURE_HEADER = "UVV-Signature";
export const ERASE_PATH = "/erase";

/** The statement that a device signs for one request: it is valid for this path and this body, byte for byte. */
export function statementOf(path: string, body: Uint8Array): Uint8Array {
  return lengthPrefixed("uvv-telemetry/1", path, body);
}

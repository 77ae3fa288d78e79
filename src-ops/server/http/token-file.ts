import { readSmallFile } from "../../../src-shared/node/plain-files.ts";
import { ok } from "../../../src-shared/result.ts";
import type { Bytes } from "../../../src-shared/units.ts";
import { type Attempt, fail } from "../../failure.ts";

const MAX_BYTES: Bytes = 1_024;
// A random token of 128 bits has at least 22 characters in base64, and more in hexadecimal.
const TOKEN = /^[A-Za-z0-9._~+/=-]{22,512}$/;

/** Reads a token that senders of requests must show. TOKEN_INVALID: absent, empty, or too short. */
export async function readTokenFile(
  path: string,
  code: "METRICS_TOKEN_INVALID" | "TICKET_TOKEN_INVALID",
): Promise<Attempt<string>> {
  const bytes = await readSmallFile(path, MAX_BYTES);
  const token = bytes ? new TextDecoder().decode(bytes).trim() : "";
  if (TOKEN.test(token)) return ok(token);
  return fail(code, `${path} contains no valid token: write at least 22 random letters and digits into it.`);
}

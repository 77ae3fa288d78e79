import { readSmallFile } from "../../../src-shared/node/plain-files.ts";
import { ok } from "../../../src-shared/result.ts";
import type { Bytes } from "../../../src-shared/units.ts";
import { type Attempt, fail } from "../../failure.ts";

const MAX_BYTES: Bytes = 1_024;
// A random token of 128 bits has at least 22 characters in base64, and more in hexadecimal.
const TOKEN = /^[A-Za-z0-9._~+/=-]{22,512}$/;

/** Reads the token that readers of the metrics must send. METRICS_TOKEN_INVALID: absent, empty, or too short. */
export async function readMetricsToken(path: string): Promise<Attempt<string>> {
  const bytes = await readSmallFile(path, MAX_BYTES);
  const token = bytes ? new TextDecoder().decode(bytes).trim() : "";
  if (TOKEN.test(token)) return ok(token);
  return fail(
    "METRICS_TOKEN_INVALID",
    `${path} contains no valid token: write at least 22 random letters and digits into it.`,
  );
}

import { readSmallFile } from "../../../src-shared/node/plain-files.ts";
import { ok } from "../../../src-shared/result.ts";
import type { Bytes } from "../../../src-shared/units.ts";
import { type Attempt, fail } from "../../failure.ts";

const MAX_BYTES: Bytes = 1_024;
// As many letters as a random token of 128 bits has at least in hexadecimal or base64.
const TOKEN = /^[A-Za-z0-9._~+/=-]{22,512}$/;

/** Reads the token that readers of the metrics show. METRICS_TOKEN_INVALID: absent, empty, or short enough to be guessed. */
export async function readMetricsToken(path: string): Promise<Attempt<string>> {
  const bytes = await readSmallFile(path, MAX_BYTES);
  const token = bytes ? new TextDecoder().decode(bytes).trim() : "";
  if (TOKEN.test(token)) return ok(token);
  return fail("METRICS_TOKEN_INVALID", `${path} holds no token: write at least 22 random letters and digits into it.`);
}

import { textOfFile } from "../../src-shared/encoding/text.ts";
import { MAX_ARMORED_CHARS } from "../../src-shared/limits.ts";
import { readSmallFile } from "../../src-shared/node/plain-files.ts";
import { ok } from "../../src-shared/result.ts";
import { type Attempt, fail } from "../failure.ts";

/** The text of a license file (attacker-controlled). */
export async function readLicenseFile(path: string): Promise<Attempt<string>> {
  const bytes = await readSmallFile(path, MAX_ARMORED_CHARS);
  return bytes
    ? ok(textOfFile(bytes))
    : fail("LICENSE_UNREADABLE", `${path} does not exist, or is not a license file.`);
}

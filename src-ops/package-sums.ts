import { basename, dirname, join } from "node:path";
import { readSmallFile } from "../src-shared/node/plain-files.ts";
import { ok } from "../src-shared/result.ts";
import { KIB } from "../src-shared/units.ts";
import { type Attempt, fail } from "./failure.ts";

const SUMS = "SHA256SUMS";
const MAX_SUMS_BYTES = 64 * KIB;

/**
 * Refuses a package that is not the one in the `SHA256SUMS` beside it, as `npm run dist` makes it: a copy that ended too early
 * would be signed, and go to every viewer. A package that the list does not name is accepted. PACKAGE_CHANGED.
 *
 * @param sha256 in hexadecimal
 */
export async function checkPackageSum(path: string, sha256: string): Promise<Attempt<undefined>> {
  const bytes = await readSmallFile(join(dirname(path), SUMS), MAX_SUMS_BYTES);
  const lines = (bytes?.toString("utf8") ?? "").matchAll(/^([0-9a-f]{64}) [ *](.+?)\r?$/gm);
  for (const [, sum, name] of lines) {
    if (name === basename(path) && sum !== sha256)
      return fail("PACKAGE_CHANGED", `${path} is not the package that ${SUMS} names: copy it into the folder again.`);
  }
  return ok(undefined);
}

import { join } from "node:path";
import * as v from "valibot";
import { parseStrictJson } from "../../src-shared/encoding/strict-json.ts";
import { NonNegativeInteger } from "../../src-shared/integers.ts";
import { writeFileAtomic } from "../../src-shared/node/atomic-files.ts";
import { readSmallFile } from "../../src-shared/node/plain-files.ts";
import { KIB } from "../../src-shared/units.ts";

const HeadFile = v.object({
  v: v.literal(1),
  /** The number of lines known to be on disk. */
  lines: NonNegativeInteger,
  /** The hash of the last of them. */
  hash: v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{43}$/)),
});
export type RegisterHead = Pick<v.InferOutput<typeof HeadFile>, "lines" | "hash">;

export const HEAD_FILE = "register.head";

/** The acknowledged length of the register, in a separate file: the chain itself cannot show that its end was cut off.
 * `undefined` in a folder of the first version of vaultctl, `broken` if the file is invalid.
 */
export async function readHead(folder: string): Promise<RegisterHead | "broken" | undefined> {
  const bytes = await readSmallFile(join(folder, HEAD_FILE), 4 * KIB);
  if (!bytes) return undefined;
  const json = parseStrictJson(bytes);
  const file = v.safeParse(HeadFile, json.ok ? json.value : undefined);
  return file.success ? file.output : "broken";
}

export async function writeHead(folder: string, { lines, hash }: RegisterHead): Promise<void> {
  await writeFileAtomic(join(folder, HEAD_FILE), `${JSON.stringify({ v: 1, lines, hash })}\n`, 0o600);
}

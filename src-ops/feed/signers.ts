import * as v from "valibot";
import { parseStrictJson } from "../../src-shared/encoding/strict-json.ts";
import { writeForeignFile } from "../../src-shared/node/foreign-files.ts";
import { readSmallFile } from "../../src-shared/node/plain-files.ts";
import { err, ok, type Result } from "../../src-shared/result.ts";
import type { FeedRole } from "../../src-shared/updates/index.ts";
import { MIB } from "../../src-shared/units.ts";
import { type Attempt, fail } from "../failure.ts";
import { FEED_ROLES } from "../keys/index.ts";
import { exists } from "../paths.ts";
import { signersPath } from "./feed-paths.ts";

// `signers.json` in the feed's folder: whose key has which id. It is never published, and no signature is judged by it:
// it only gives names to the people who are told who has to sign.

const MAX_KEYS = 100;

const SignersFile = v.strictObject({
  v: v.literal(1),
  signers: v.pipe(
    v.array(
      v.strictObject({
        name: v.pipe(v.string(), v.regex(/^[a-z0-9-]{1,32}$/)),
        keys: v.pipe(
          v.array(
            v.strictObject({
              keyid: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
              role: v.picklist(FEED_ROLES),
            }),
          ),
          v.maxLength(MAX_KEYS),
        ),
      }),
    ),
    v.maxLength(100),
  ),
});

/** A person or machine, and the ids of its keys. */
export type Signer = v.InferOutput<typeof SignersFile>["signers"][number];

/** Parses `signers.json` (from the publisher's folder, where people may have edited it). */
export function parseSigners(bytes: Uint8Array): Result<readonly Signer[], "MALFORMED"> {
  const json = parseStrictJson(bytes);
  const file = v.safeParse(SignersFile, json.ok ? json.value : undefined);
  return file.success ? ok(file.output.signers) : err("MALFORMED");
}

/** Whose keys sign for a feed; nobody is known in feeds from earlier versions. SIGNERS_BROKEN. */
export async function readSigners(feed: string): Promise<Attempt<readonly Signer[]>> {
  const path = signersPath(feed);
  if (!(await exists(path))) return ok([]);
  const bytes = await readSmallFile(path, MIB);
  const signers = bytes && parseSigners(bytes);
  if (signers?.ok) return signers;
  return fail("SIGNERS_BROKEN", `${path} is damaged: restore it from your backup, or delete it to do without names.`);
}

export async function writeSigners(feed: string, signers: readonly Signer[]): Promise<void> {
  const file: v.InferInput<typeof SignersFile> = { v: 1, signers: [...signers] };
  await writeForeignFile(feed, ["signers.json"], `${JSON.stringify(file, undefined, 2)}\n`);
}

/** The owners of old keys with the new ones that replace them. The old ones stay, because they sign this change. */
export function withNewKeys(
  signers: readonly Signer[],
  replaced: readonly { readonly role: FeedRole; readonly old: string; readonly next: string }[],
): readonly Signer[] {
  return signers.map((signer) => {
    const isOwn = (keyid: string) => signer.keys.some((key) => key.keyid === keyid);
    const added = replaced.filter(({ old }) => isOwn(old)).map(({ role, next }) => ({ keyid: next, role }));
    return { ...signer, keys: [...signer.keys, ...added].slice(-MAX_KEYS) };
  });
}

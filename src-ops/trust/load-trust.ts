import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { parseTrustRoot, type TrustRoot, type TrustRoots } from "../../src-shared/jws/index.ts";
import { codeOf } from "../../src-shared/node/atomic-files.ts";
import { readSmallFile } from "../../src-shared/node/plain-files.ts";
import { ok } from "../../src-shared/result.ts";
import { KIB } from "../../src-shared/units.ts";
import { type Attempt, fail } from "../failure.ts";
import { isInside } from "../places.ts";

export type LoadedTrust = { readonly roots: TrustRoots; readonly dev: boolean };

const COMPILED_ROOTS = join(import.meta.dirname, "..", "..", "keys");
const KEY_SUFFIX = ".jwk.json";

/**
 * Reads the anchors of a check: the folder given, else the project's `keys/`. No key at all is a refusal, one bad key
 * file refuses them all, and a folder on the stick that is checked is never an anchor (design.md, Trust).
 */
export async function loadTrust(folder: string | undefined, stick: string | undefined): Promise<Attempt<LoadedTrust>> {
  const from = folder ?? COMPILED_ROOTS;
  if (stick !== undefined && (await isInside(from, stick))) {
    return fail("ANCHOR_ON_STICK", `${from} is on the stick itself: use the public keys you got from the publisher.`);
  }
  const names = (await namesIn(from)).filter((name) => name.endsWith(KEY_SUFFIX)).toSorted();
  if (names.length === 0) {
    return fail("NO_ANCHOR", `No public key (*${KEY_SUFFIX}) in ${from}: name the publisher's with --trust DIR.`);
  }
  const roots: TrustRoot[] = [];
  for (const name of names) {
    const bytes = await readSmallFile(join(from, name), 16 * KIB);
    const root = bytes && parseTrustRoot(bytes);
    if (!root?.ok || roots.some((other) => other.kid === root.value.kid)) {
      return fail("BAD_TRUST_KEY", `${join(from, name)} is not one public key of ours: take it out or replace it.`);
    }
    roots.push(root.value);
  }
  return ok({ roots, dev: roots.some((root) => root.dev) });
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (codeOf(error) === "ENOENT" || codeOf(error) === "ENOTDIR") return [];
    throw error;
  }
}

import { readdir } from "node:fs/promises";
import { join } from "node:path";
import {
  applyKeyManifest,
  KEY_MANIFEST_PROFILE,
  parseTrustRoot,
  type TrustRoot,
  type TrustRoots,
} from "../../src-shared/jws/index.ts";
import { codeOf } from "../../src-shared/node/atomic-files.ts";
import { readSmallFile } from "../../src-shared/node/plain-files.ts";
import { ok } from "../../src-shared/result.ts";
import { KIB } from "../../src-shared/units.ts";
import { KEYS_FILE } from "../../src-shared/vault/index.ts";
import { type Attempt, fail } from "../failure.ts";
import { exists, isInside } from "../paths.ts";

export type LoadedTrust = { readonly roots: TrustRoots; readonly dev: boolean };

const COMPILED_ROOTS = join(import.meta.dirname, "..", "..", "keys");
const KEY_SUFFIX = ".jwk.json";
// The folder itself is the trust anchor, so no older manifest is remembered: an attacker who can remove a file from
// it can replace the keys as well.
const NO_PREVIOUS_COUNTER = { generation: 0, sequence: 0 };

/** Reads the trust anchors of a check from `folder`, or from the project's `keys/`. Fails if there is no key, if any key
 * file is bad, and if the folder is on the stick that is being checked (design.md, Trust). A key manifest in the folder
 * says which of the keys are valid.
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
      return fail("BAD_TRUST_KEY", `${join(from, name)} is not a valid public key: remove or replace it.`);
    }
    roots.push(root.value);
  }
  const current = await applyManifestIn(from, roots);
  if (!current.ok) return current;
  return ok({ roots: current.value, dev: current.value.some((root) => root.dev) });
}

async function applyManifestIn(folder: string, roots: TrustRoots): Promise<Attempt<TrustRoots>> {
  const path = join(folder, KEYS_FILE);
  if (!(await exists(path))) return ok(roots);
  const bytes = await readSmallFile(path, KEY_MANIFEST_PROFILE.maxBytes);
  const applied = bytes && applyKeyManifest(roots, bytes.toString("utf8"), NO_PREVIOUS_COUNTER);
  if (applied?.ok) return ok(applied.value.roots);
  const reason = applied ? applied.error : "unreadable";
  return fail(
    "BAD_TRUST_KEY",
    `${path} does not match the keys in the same folder (${reason}): get all of them from one source.`,
  );
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (codeOf(error) === "ENOENT" || codeOf(error) === "ENOTDIR") return [];
    throw error;
  }
}

import { basename } from "node:path";
import { writeFileAtomic } from "../../../src-shared/node/atomic-files.ts";
import { readSmallFile } from "../../../src-shared/node/plain-files.ts";
import { ok } from "../../../src-shared/result.ts";
import { type Bytes, KIB } from "../../../src-shared/units.ts";
import { type Attempt, fail } from "../../failure.ts";
import { exists, isInside } from "../../paths.ts";
import { PRIVATE_FILE_MODE } from "../key-folder.ts";
import type { FolderKey } from "./password-lock.ts";
import { openSealedFile, parseSealedFile, sealFile } from "./sealed-file.ts";
import { lockPath, unlockFor } from "./unlocking.ts";

const MAX_BYTES: Bytes = 8 * KIB;

/**
 * Reads a file of private keys that belongs to a key folder, and opens it if it is sealed; `undefined`: there is none. In a
 * folder with a password, an unsealed file is refused: `keys protect` was interrupted. PASSWORD_WRONG, PASSWORD_MISSING,
 * KEYS_UNPROTECTED, KEYS_BROKEN.
 */
export async function readPrivateFile(
  path: string,
  kid: string,
  keyFolder: string,
): Promise<Attempt<Uint8Array | undefined>> {
  const bytes = await readSmallFile(path, MAX_BYTES);
  if (!bytes) return ok(undefined);
  const file = parseSealedFile(bytes);
  if (!file) {
    // The copy of a parent key that was made before there was a password is in nobody's way.
    const isUnfinished = (await exists(lockPath(keyFolder))) && (await isInside(path, keyFolder));
    if (!isUnfinished) return ok(bytes);
    return fail("KEYS_UNPROTECTED", `${path} is not sealed: run \`vaultctl keys protect\` again to finish it.`);
  }
  const folderKey = await unlockFor(path, file.lock, keyFolder);
  if (!folderKey.ok) return folderKey;
  const content = openSealedFile(folderKey.value, { name: basename(path), kid }, file);
  if (content) return ok(content);
  return fail("KEYS_BROKEN", `${path} was changed, or is not the file of ${kid}: restore it from your backup.`);
}

/** Writes a file of private keys durably, sealed if the folder has a password. */
export async function writePrivateFile(
  path: string,
  kid: string,
  content: Uint8Array,
  folderKey: FolderKey | undefined,
): Promise<void> {
  const stored = folderKey ? sealFile(folderKey, { name: basename(path), kid }, content) : content;
  await writeFileAtomic(path, stored, PRIVATE_FILE_MODE);
}

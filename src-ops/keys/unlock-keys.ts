import { join } from "node:path";
import * as v from "valibot";
import { KEY_BYTES } from "../../src-shared/container/index.ts";
import { fromBase64url, toBase64url } from "../../src-shared/encoding/base64url.ts";
import { parseStrictJson } from "../../src-shared/encoding/strict-json.ts";
import { utf8 } from "../../src-shared/encoding/text.ts";
import { NonNegativeInteger } from "../../src-shared/integers.ts";
import { removeFile, writeFileAtomic } from "../../src-shared/node/atomic-files.ts";
import { readSmallFile } from "../../src-shared/node/plain-files.ts";
import { ok } from "../../src-shared/result.ts";
import { KIB, type Seconds, type UnixSeconds } from "../../src-shared/units.ts";
import { type Attempt, fail } from "../failure.ts";
import { PRIVATE, PRIVATE_FILE_MODE } from "./key-folder.ts";
import { lockPath, readLock, unlockFolder } from "./protection/index.ts";
import { loadPublisher } from "./publisher.ts";

/** The system's keychain. KEYCHAIN_MISSING: there is none, or it stays locked. */
export type Keychain = {
  read(name: string): Promise<Attempt<string | undefined>>;
  write(name: string, secret: string): Promise<Attempt<undefined>>;
  remove(name: string): Promise<Attempt<unknown>>;
  /** A call has not been answered: the process would wait for it at its end. */
  isWaiting(): boolean;
};

const Kept = v.strictObject({ v: v.literal(1), until: NonNegativeInteger, key: v.string() });
const Marker = v.strictObject({ v: v.literal(1), until: NonNegativeInteger });

/** Says that the keychain has the folder key. Without it the keychain is not even asked. */
const markerPath = (folder: string) => join(folder, PRIVATE, "unlocked.json");

/** Keeps the folder key in the keychain for some time, so that commands do not ask. PASSWORD_WRONG, KEYCHAIN_MISSING. */
export async function unlockKeys(
  { keys, forSeconds }: { readonly keys: string; readonly forSeconds: Seconds },
  keychain: Keychain,
  now: UnixSeconds,
): Promise<Attempt<{ readonly until: UnixSeconds }>> {
  const publisher = await loadPublisher(keys);
  if (!publisher.ok) return publisher;
  // The time is not prolonged without the password.
  await removeFile(markerPath(keys));
  const folderKey = await unlockFolder(keys);
  if (!folderKey.ok) return folderKey;
  if (!folderKey.value) return fail("USAGE", `${keys} has no password: give it one with \`vaultctl keys protect\`.`);
  const until = now + forSeconds;
  const kept: v.InferInput<typeof Kept> = { v: 1, until, key: toBase64url(folderKey.value.key) };
  const written = await keychain.write(folderKey.value.id, JSON.stringify(kept));
  if (!written.ok) return written;
  await writeFileAtomic(markerPath(keys), `${JSON.stringify({ v: 1, until })}\n`, PRIVATE_FILE_MODE);
  return ok({ until });
}

/** Removes the folder key from the keychain. KEYCHAIN_MISSING: it may still be there. */
export async function lockKeys(keys: string, keychain: Keychain): Promise<Attempt<undefined>> {
  const publisher = await loadPublisher(keys);
  if (!publisher.ok) return publisher;
  const lock = await readLock(lockPath(keys));
  if (!lock.ok) return lock;
  // First of all, no command uses it any more.
  await removeFile(markerPath(keys));
  const removed = lock.value ? await keychain.remove(lock.value.id) : ok(undefined);
  return removed.ok ? ok(undefined) : removed;
}

/** The folder key that `unlockKeys` has kept; `undefined`: none, its time is over, or the keychain does not give it. */
export async function recallFolderKey(
  folder: string,
  id: string,
  keychain: Keychain,
  now: UnixSeconds,
): Promise<Uint8Array | undefined> {
  const marker = read(Marker, await readSmallFile(markerPath(folder), KIB));
  if (!marker) return undefined;
  if (marker.until <= now) {
    await lockKeys(folder, keychain);
    return undefined;
  }
  const text = await keychain.read(id);
  const kept = text.ok && text.value !== undefined ? read(Kept, utf8(text.value)) : undefined;
  // The marker is a file that anybody may change; the end that counts is the one in the keychain.
  if (!kept || kept.until <= now) return undefined;
  const key = fromBase64url(kept.key);
  return key?.length === KEY_BYTES ? key : undefined;
}

function read<T>(schema: v.GenericSchema<unknown, T>, bytes: Uint8Array | undefined): T | undefined {
  const json = bytes && parseStrictJson(bytes);
  const value = v.safeParse(schema, json?.ok ? json.value : undefined);
  return value.success ? value.output : undefined;
}

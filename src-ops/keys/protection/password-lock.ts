import { randomBytes } from "node:crypto";
import * as v from "valibot";
import { fromBase64url, toBase64url } from "../../../src-shared/encoding/base64url.ts";
import { parseStrictJson } from "../../../src-shared/encoding/strict-json.ts";
import { utf8 } from "../../../src-shared/encoding/text.ts";
import { ID_LENGTH, idFromRandom, RandomId } from "../../../src-shared/ids.ts";
import { scryptKey, unwrapKey, wrapKey } from "../../../src-shared/node/vault-keys.ts";

/** 128 MiB and about half a second for each guess. */
const PASSWORD_COST = { n: 2 ** 17, r: 8, p: 1 } as const;
const FOLDER_KEY_BYTES = 32;
const SALT_BYTES = 32;

// Checked before anything is computed: a changed file must neither weaken the password nor take all memory (1 GiB at most).
const COSTS: readonly number[] = [2 ** 15, 2 ** 16, 2 ** 17, 2 ** 18, 2 ** 19, 2 ** 20];

const PasswordLock = v.strictObject({
  v: v.literal(1),
  id: RandomId,
  scrypt: v.strictObject({ n: v.picklist(COSTS), r: v.literal(8), p: v.picklist([1, 2, 3, 4]) }),
  salt: v.string(),
  /** The folder key, encrypted with the key that scrypt makes of the password. */
  key: v.string(),
});

/** `private/password.json`: the password of a key folder guards one random key, and that key encrypts the private files. */
export type PasswordLock = v.InferOutput<typeof PasswordLock>;

/** The key that encrypts the private files of one folder (32 bytes), with the id of its lock. */
export type FolderKey = { readonly id: string; readonly key: Uint8Array };

export async function createLock(password: string): Promise<{ lock: PasswordLock; folderKey: FolderKey }> {
  const folderKey = { id: idFromRandom(randomBytes(ID_LENGTH)), key: randomBytes(FOLDER_KEY_BYTES) };
  return { lock: await lockFolderKey(folderKey, password), folderKey };
}

/** The lock of the same folder key under another password. */
export async function lockFolderKey(
  { id, key }: FolderKey,
  password: string,
  cost: PasswordLock["scrypt"] = PASSWORD_COST,
): Promise<PasswordLock> {
  const salt = randomBytes(SALT_BYTES);
  const wrapping = await scryptKey(passwordBytes(password), salt, cost);
  return {
    v: 1,
    id,
    scrypt: cost,
    salt: toBase64url(salt),
    key: wrapKey(wrapping, key, infoOf(id)),
  };
}

/** The folder key; `undefined` for a wrong password or a changed file. */
export async function openLock(lock: PasswordLock, password: string): Promise<FolderKey | undefined> {
  const salt = fromBase64url(lock.salt);
  if (salt?.length !== SALT_BYTES) return undefined;
  const wrapping = await scryptKey(passwordBytes(password), salt, lock.scrypt);
  const key = unwrapKey(wrapping, lock.key, infoOf(lock.id));
  return key && { id: lock.id, key };
}

/** Reads `password.json` (attacker-controlled); `undefined`: damaged, or with a cost out of bounds. */
export function parsePasswordLock(bytes: Uint8Array): PasswordLock | undefined {
  const json = parseStrictJson(bytes);
  const lock = v.safeParse(PasswordLock, json.ok ? json.value : undefined);
  return lock.success ? lock.output : undefined;
}

function infoOf(id: string): Uint8Array {
  return utf8(`uvv-password/1 ${id}`);
}

// RFC 8265, OpaqueString: keyboards of different systems compose accents differently.
function passwordBytes(password: string): Uint8Array {
  return utf8(password.normalize("NFC"));
}

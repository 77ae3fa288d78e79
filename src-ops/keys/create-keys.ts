import { randomBytes } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { ID_LENGTH, idFromRandom } from "../../src-shared/ids.ts";
import { TRUST_ROLES, type TrustRole } from "../../src-shared/jws/index.ts";
import { removeFolder, renameFile, syncFolder } from "../../src-shared/node/atomic-files.ts";
import { ok } from "../../src-shared/result.ts";
import { type Attempt, fail } from "../failure.ts";
import { exists, findEnclosing, findEnclosingStick } from "../paths.ts";
import { makePrivateFolder } from "../private-access.ts";
import {
  OFFLINE,
  PRIVATE,
  PRIVATE_FILE_MODE,
  PRIVATE_FOLDER_MODE,
  PUBLIC,
  publicKeyPath,
  publisherPath,
} from "./key-folder.ts";
import { makeKey, writeJson, writePublicKey } from "./make-key.ts";
import { lockPath, writeNewLock } from "./protection/index.ts";

export type CreatedKeys = {
  readonly issuer: string;
  readonly keys: readonly { readonly role: TrustRole; readonly kid: string; readonly file: string }[];
  /** The folder of the private parent key, until the publisher moves it to offline storage. */
  readonly offline: string;
};

/**
 * Creates one Ed25519 key for each role, sealed under a password if one is chosen. Refuses a folder that already has keys, a
 * folder on a stick and, except for development keys, a folder in a checkout of source code.
 */
export async function createPublisherKeys(
  folder: string,
  dev: boolean,
  choosePassword?: () => Promise<Attempt<string>>,
): Promise<Attempt<CreatedKeys>> {
  const suitable = await checkKeyPlace(folder, dev);
  if (!suitable.ok) return suitable;
  if ((await exists(join(folder, PRIVATE))) || (await exists(join(folder, PUBLIC)))) {
    return fail("KEYS_EXIST", `${folder} has keys already: use them, or choose another folder with --dir.`);
  }
  const password = choosePassword ? await choosePassword() : ok(undefined);
  if (!password.ok) return password;
  // Written under a temporary name and then renamed, so that nobody sees a folder with only some of the keys.
  const draft = join(folder, `.keys-${randomBytes(6).toString("hex")}`);
  try {
    // Without a password, the access to the folder is all that protects the keys; development keys are no secret.
    await makePrivateFolder(join(draft, PRIVATE), password.value === undefined && !dev);
    await mkdir(join(draft, PRIVATE, "vaults"), { mode: PRIVATE_FOLDER_MODE });
    await mkdir(join(draft, PUBLIC));
    const issuer = idFromRandom(randomBytes(ID_LENGTH));
    await writeJson(publisherPath(draft), { v: 1, issuer, licenseEpoch: 1 }, PRIVATE_FILE_MODE);
    const folderKey = password.value === undefined ? undefined : await writeNewLock(lockPath(draft), password.value);
    const kids: string[] = [];
    for (const role of TRUST_ROLES) {
      const jwk = await makeKey(draft, { role, generation: 1, dev, folderKey });
      await writePublicKey(draft, jwk);
      kids.push(jwk.kid);
    }
    await renameFile(join(draft, PRIVATE), join(folder, PRIVATE));
    await renameFile(join(draft, PUBLIC), join(folder, PUBLIC));
    await syncFolder(folder);
    const keys = TRUST_ROLES.map((role, i) => ({ role, kid: kids[i] as string, file: publicKeyPath(folder, role) }));
    return ok({ issuer, keys, offline: join(folder, PRIVATE, OFFLINE) });
  } finally {
    await removeFolder(draft);
  }
}

/** Refuses to keep keys on a stick and, except for development keys, in a checkout of source code. */
export async function checkKeyPlace(folder: string, dev: boolean): Promise<Attempt<undefined>> {
  const stick = await findEnclosingStick(folder);
  if (stick) return fail("KEYS_ON_STICK", `${folder} is on the stick ${stick}: keep the keys apart from sticks.`);
  const checkout = dev ? undefined : await findEnclosing(folder, ".git");
  if (!checkout) return ok(undefined);
  return fail(
    "KEYS_IN_CHECKOUT",
    `${folder} is in the source checkout ${checkout}, where keys are easily committed or deleted: choose another folder.`,
  );
}

import { type Attempt, fail } from "../failure.ts";
import { withLock } from "./lock.ts";
import { checkLockOf, type ProtectionOrder } from "./protect-keys.ts";
import { changeLock, lockPath, readLock } from "./protection/index.ts";
import { loadPublisher } from "./publisher.ts";

/**
 * Changes the password of a key folder and of copies of its parent key. The keys themselves are not written again, so older
 * copies of the folder still open with the password that they had. An interrupted run is finished by the next. USAGE,
 * NOT_FOUND, FILE_EXISTS, KEYS_BROKEN, PASSWORD_WRONG, PASSWORD_MISSING, PASSWORD_UNFIT.
 */
export async function changePassword(
  { keys, parents }: ProtectionOrder,
  choosePassword: () => Promise<Attempt<string>>,
): Promise<Attempt<undefined>> {
  const publisher = await loadPublisher(keys);
  if (!publisher.ok) return publisher;
  return withLock(publisher.value, "register", async () => {
    const lock = await readLock(lockPath(keys));
    if (!lock.ok) return lock;
    const { value } = lock;
    if (!value) return fail("USAGE", `${keys} has no password: give it one with \`vaultctl keys protect\`.`);
    for (const folder of parents) {
      const isSealed = await checkLockOf(folder, value);
      if (!isSealed.ok) return isSealed;
      if (!isSealed.value) {
        return fail("NOT_FOUND", `There is no sealed parent key in ${folder}: name the folder where it is.`);
      }
    }
    return changeLock(keys, parents, value, choosePassword);
  });
}

export { type FolderKey, type PasswordLock } from "./password-lock.ts";
export { checkNewPassword } from "./password-rules.ts";
export { readPrivateFile, writePrivateFile } from "./private-files.ts";
export { parseSealedFile } from "./sealed-file.ts";
export {
  changeLock,
  LOCK_FILE,
  lockPath,
  type Passwords,
  readLock,
  unlockFolder,
  withPasswords,
  writeNewLock,
} from "./unlocking.ts";

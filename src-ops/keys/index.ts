export { changePassword } from "./change-password.ts";
export { checkKeys } from "./check-keys.ts";
export { checkKeyPlace, createPublisherKeys } from "./create-keys.ts";
export {
  bundlesIn,
  FEED_ROLES,
  feedBundlesFolder,
  type FeedKey,
  feedKeyOf,
  type FeedSigner,
  makeFeedKey,
  openFeedKeys,
} from "./feed-keys.ts";
export { loadConversionKey, saveConversionKey } from "./conversion-key.ts";
export {
  packRecordPath,
  PRIVATE_FILE_MODE,
  PRIVATE_FOLDER_MODE,
  stickRecordPath,
  stickRecordsPath,
} from "./key-folder.ts";
export { loadTrust } from "./load-trust.ts";
export { countLicensesSignedBy } from "./ended-licenses.ts";
export { withLock, withLockFile } from "./lock.ts";
export { checkParentTargets, moveParent } from "./move-parent.ts";
export { newParent } from "./new-parent.ts";
export { makeOwnFeedKey, type PublicFeedKey, readPublicFeedKey } from "./public-feed-key.ts";
export { findDueDocuments, publishToStick, requireNewestKeys } from "./publish-to-stick.ts";
export { checkNewPassword, lockPath, type Passwords, withPasswords } from "./protection/index.ts";
export { protectKeys } from "./protect-keys.ts";
export { loadPublisher, publicKeysOf, type Publisher } from "./publisher.ts";
export {
  drawGeneration,
  fenceFolder,
  fencePath,
  isReplaced,
  readFence,
  rememberGeneration,
  withKnownGenerations,
} from "./fence.ts";
export { retireKeys } from "./retire-keys.ts";
export { readRevocations, revocationsPath, signNextList } from "./revocation-list.ts";
export { type RotatedKeys, type RotatedRole, rotateKey } from "./rotate-key.ts";
export { signDocument, type Signer } from "./signer.ts";
export { currentKey, loadSigner } from "./signers.ts";
export { type Keychain, lockKeys, recallFolderKey, unlockKeys } from "./unlock-keys.ts";
export { loadVaultKey, saveVaultKey, vaultIdsIn } from "./vault-key-files.ts";

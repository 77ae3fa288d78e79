export { checkKeys, type CheckedKeys } from "./check-keys.ts";
export { createPublisherKeys, type CreatedKeys } from "./create-keys.ts";
export { privateKeyPath, publicKeyPath } from "./key-folder.ts";
export { makeKey, writePublicKey } from "./make-key.ts";
export { loadPublisher, type Publisher, publicKeysOf } from "./publisher.ts";
export { currentKey, loadParent, loadSigner } from "./signers.ts";
export { loadVaultKey, saveVaultKey } from "./vault-key-files.ts";
export { withLock, withLockFile } from "./lock.ts";
export {
  bundlesIn,
  FEED_ROLES,
  feedBundlesFolder,
  type FeedKey,
  type FeedSigner,
  makeFeedKey,
  openFeedKeys,
} from "./feed-keys.ts";
export { makeOwnFeedKey, type PublicFeedKey, readPublicFeedKey } from "./public-feed-key.ts";

export { createPublisherKeys, type CreatedKeys } from "./create-keys.ts";
export { loadPublisher, loadSigner, type Publisher, publicKeysOf } from "./publisher.ts";
export { loadVaultKey, saveVaultKey } from "./vault-key-files.ts";
export { withLock } from "./lock.ts";

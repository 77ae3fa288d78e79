export { wasActivated } from "./activation.ts";
export { type Allowed, chooseLicense } from "./choose-license.ts";
export {
  composeRequest,
  composeReturn,
  type DeviceKey,
  ensureDeviceKey,
  replaceDeviceKey,
  signStatement,
} from "./device-key.ts";
export { ringOf } from "./install-ring.ts";
export { createKeytarSecretStore } from "./keytar-secret-store.ts";
export { createLicenseDesk, type LicenseDesk } from "./license-desk.ts";
export { factsOf } from "./license-facts.ts";
export { createLicenseShelf, type KeptProof, type LicenseShelf } from "./license-shelf.ts";
export type { SecretStore, SecretStoreError } from "./ports.ts";
export { createRevocationLists, type RevocationLists } from "./revocation-lists.ts";
export { unlockByPassphrase, unlockOnDevice } from "./unlock.ts";

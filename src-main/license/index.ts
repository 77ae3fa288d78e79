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
export {
  createLicenseService,
  type JudgedLicense,
  type LicenseService,
  type LicenseServicePorts,
} from "./license-service.ts";
export { factsOf } from "./license-facts.ts";
export { createLicenseStore, type StoredProof, type LicenseStore } from "./license-store.ts";
export type { SecretStore, SecretStoreError } from "./ports.ts";
export { createRevocationLists, type RevocationLists } from "./revocation-lists.ts";
export { unlockByPassphrase, unlockOnDevice } from "./unlock.ts";

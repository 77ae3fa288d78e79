export { type LicenseEntry, type RegisteredDevice, type RegisteredEnrolment, RegisterEntry } from "./entries.ts";
export {
  isLicenseEntry,
  type LicenseRecord,
  licensesIn,
  nextLicenseSeq,
  revokedIn,
  type RevokedSoFar,
  rotatedIn,
  runningIn,
  toBeListed,
} from "./licenses.ts";
export {
  appendToRegister,
  inspectRegister,
  readRegister,
  type Register,
  registerPath,
  restartRegister,
} from "./register.ts";

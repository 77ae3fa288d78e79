export { type LicenseEntry, type RegisteredDevice, type RegisteredEnrolment, RegisterEntry } from "./entries.ts";
export { type FolderGeneration, generationIn, nextGeneration } from "./generations.ts";
export {
  isLicenseEntry,
  type LicenseRecord,
  licensesIn,
  nextLicenseSeq,
  nextListSeq,
  revokedIn,
  type RevokedSoFar,
  rotatedIn,
  runningIn,
  toBeListed,
} from "./licenses.ts";
export {
  appendToRegister,
  inspectRegister,
  type Inspection,
  readRegister,
  type Register,
  registerPath,
  restartRegister,
} from "./register.ts";

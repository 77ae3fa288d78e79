export { checkLicense, type LicenseCheck } from "./check-license.ts";
export { inspectLicense, type Inspection } from "./inspect-license.ts";
export { issueLicense, type IssuedLicense, type LicenseOrder } from "./issue-license.ts";

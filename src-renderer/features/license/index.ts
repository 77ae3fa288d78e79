export { type Countdown, countdownOf } from "./countdown.ts";
export { ImportResult } from "./import-result.tsx";
export { LicenseScreen } from "./license-screen.tsx";
export { LockedScreen } from "./locked-screen.tsx";
export { OfferDialog } from "./offer-dialog.tsx";
export { useLicenseImport } from "./use-license-import.ts";
export { useLicenseIntake } from "./use-license-intake.ts";

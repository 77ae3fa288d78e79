export { createHardwareFingerprint, type HardwareFingerprint } from "./hardware-fingerprint.ts";

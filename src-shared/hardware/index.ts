export { parseDiskutil, parsePlatformUuid, parseUsbSerial } from "./macos.ts";
export { deviceNumber, type Mount, mountOf, unescaped } from "./mountinfo.ts";
export { permanentAddresses } from "./network-cards.ts";
export {
  type DeviceReading,
  type DriveReading,
  type Hardware,
  normalPartition,
  normalSerial,
  normalVolume,
  UNKNOWN_DRIVE,
} from "./readings.ts";
export { isNetworkPath, parseMachineGuid, parsePartition, partitionScript, volumeOfDevice } from "./windows.ts";

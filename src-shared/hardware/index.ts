export { deviceNumber, driveIn, LSBLK_ARGUMENTS, parseLsblk, systemDiskIn } from "./lsblk.ts";
export { parseDiskutil, parsePlatformUuid, parseUsbSerial } from "./macos.ts";
export { permanentAddresses } from "./network-cards.ts";
export { type DeviceReading, type DriveReading, type Hardware, normalVolume, UNKNOWN_DRIVE } from "./readings.ts";
export { parseMachineGuid, parsePartition, partitionScript, volumeOfDevice } from "./windows.ts";

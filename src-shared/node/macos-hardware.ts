import { networkInterfaces } from "node:os";
import {
  type DriveReading,
  type Hardware,
  parseDiskutil,
  parsePlatformUuid,
  parseUsbSerial,
  permanentAddresses,
  UNKNOWN_DRIVE,
} from "../hardware/index.ts";
import { deviceOf, isMountPoint } from "./mount-points.ts";
import { runProgram } from "./run-program.ts";

const TIMEOUT_MS = 3_000;
const PROFILER_TIMEOUT_MS = 15_000;

// The system volume itself is replaced by updates; this one stays.
const SYSTEM_VOLUME = "/System/Volumes/Data";

/** Asks `ioreg` and `diskutil` (tens of milliseconds), and in parallel `system_profiler` (seconds). */
export function createMacosHardware(): Hardware {
  return {
    async device() {
      const platform = runProgram("/usr/sbin/ioreg", ["-rd1", "-c", "IOPlatformExpertDevice"], TIMEOUT_MS);
      const [text, disk] = await Promise.all([platform, diskAt(SYSTEM_VOLUME)]);
      const addresses = Object.values(networkInterfaces()).flatMap((cards) => (cards ?? []).map(({ mac }) => mac));
      const os = text === undefined ? undefined : parsePlatformUuid(text);
      return { os, disk: disk?.volume, net: permanentAddresses(addresses) };
    },
    drive: (root) => ({ quick: Promise.resolve(UNKNOWN_DRIVE), whole: wholeDrive(root) }),
    plug: async (root) => `${(await deviceOf(root)) ?? ""}`,
  };
}

async function wholeDrive(root: string): Promise<DriveReading> {
  const disk = (await isMountPoint(root)) ? await diskAt(root) : undefined;
  if (!disk) return UNKNOWN_DRIVE;
  const { usbDisk, ...drive } = disk;
  if (usbDisk === undefined) return drive;
  // The name of the report changed with macOS 26; an unknown name is left out of the output.
  const args = ["-json", "SPUSBDataType", "SPUSBHostDataType"];
  const report = await runProgram("/usr/sbin/system_profiler", args, PROFILER_TIMEOUT_MS);
  return { ...drive, serial: report === undefined ? undefined : parseUsbSerial(report, usbDisk) };
}

async function diskAt(path: string) {
  const plist = await runProgram("/usr/sbin/diskutil", ["info", "-plist", path], TIMEOUT_MS);
  return plist === undefined ? undefined : parseDiskutil(plist);
}

import type { DeviceReading, DriveReading } from "../hardware/index.ts";
import { createLinuxHardware } from "./linux-hardware.ts";
import { createMacosHardware } from "./macos-hardware.ts";
import { createWindowsHardware } from "./windows-hardware.ts";

/** Asks the system about its hardware. What cannot be read is unknown, never a failure. */
export type Hardware = {
  readonly device: () => Promise<DeviceReading>;
  /** The drive that a folder lies on: at once what costs milliseconds, and the whole within seconds. */
  readonly drive: (root: string) => { readonly quick: Promise<DriveReading>; readonly whole: Promise<DriveReading> };
  /** Differs when another drive was plugged in behind the same path; costs less than a millisecond. */
  readonly plug: (root: string) => Promise<string>;
};

export function hardwareOf(platform: NodeJS.Platform): Hardware {
  switch (platform) {
    case "win32":
      return createWindowsHardware();
    case "darwin":
      return createMacosHardware();
    default:
      return createLinuxHardware();
  }
}

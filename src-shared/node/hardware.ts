import type { Hardware } from "../hardware/index.ts";
import { createLinuxHardware } from "./linux-hardware.ts";
import { createMacosHardware } from "./macos-hardware.ts";
import { createWindowsHardware } from "./windows-hardware.ts";

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

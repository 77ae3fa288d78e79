import { dirname } from "node:path";
import { _electron, type ElectronApplication } from "playwright";
import { launcherSwitches, readElectronRuntime } from "./electron-runtime.ts";

/**
 * Starts Electron under Playwright's control, with the switches that this machine needs. The program waits until it is
 * attached; given a path to the executable itself, Playwright would race it.
 */
export function driveElectron(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<ElectronApplication> {
  process.env["ELECTRON_OVERRIDE_DIST_PATH"] = dirname(readElectronRuntime().executable);
  return _electron.launch({
    args: [...launcherSwitches(), ...args],
    env: { ...(process.env as Record<string, string>), ...env },
  });
}

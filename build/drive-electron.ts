import { dirname } from "node:path";
import { _electron, type ElectronApplication } from "playwright";
import { launcherSwitches, readElectronRuntime } from "./electron-runtime.ts";

/**
 * Starts Electron under Playwright's control, with the switches that this machine needs. The program waits until it is
 * attached; given a path to the executable itself, Playwright would race it.
 */
export async function driveElectron(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<ElectronApplication> {
  process.env["ELECTRON_OVERRIDE_DIST_PATH"] = dirname(readElectronRuntime().executable);
  const app = await _electron.launch({
    args: [...launcherSwitches(), ...args],
    env: { ...(process.env as Record<string, string>), ...env },
  });
  return askingAgain(app);
}

const TRIES = 4;

/**
 * Lets the main process be asked again where V8 has dropped the answer before Playwright had it, which happens where the
 * process is busy. What it is asked to do may then be done twice.
 */
export function askingAgain(app: ElectronApplication): ElectronApplication {
  const ask = app.evaluate.bind(app) as (...given: unknown[]) => Promise<unknown>;
  async function evaluate(...given: unknown[]): Promise<unknown> {
    for (let left = TRIES - 1; ; left--) {
      try {
        return await ask(...given);
      } catch (error) {
        if (left === 0 || !String(error).includes("promise was garbage collected")) throw error;
      }
    }
  }
  return Object.assign(app, { evaluate: evaluate as ElectronApplication["evaluate"] });
}

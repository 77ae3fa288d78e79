import { dirname } from "node:path";
import { _electron, type ElectronApplication } from "playwright";
import { launcherSwitches, readElectronRuntime } from "./electron-runtime.ts";

/**
 * Starts Electron under Playwright's control, with the switches that this machine needs. The program waits until
 * Playwright is attached; if Playwright started the executable itself, the program could run before that.
 *
 * @param folder of the executable `electron`
 */
export async function driveElectron(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  folder = dirname(readElectronRuntime().executable),
): Promise<ElectronApplication> {
  process.env["ELECTRON_OVERRIDE_DIST_PATH"] = folder;
  const app = await _electron.launch({
    args: [...launcherSwitches(), ...args],
    env: { ...(process.env as Record<string, string>), ...env },
  });
  return withRetriedEvaluate(app);
}

const TRIES = 4;

/**
 * Repeats a call to the main process if V8 dropped the result before Playwright had it, which happens while the process
 * is busy. The call may then run twice.
 */
export function withRetriedEvaluate(app: ElectronApplication): ElectronApplication {
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

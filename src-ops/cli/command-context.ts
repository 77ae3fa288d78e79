import type { Keychain } from "../keys/index.ts";
import type { ElectronProgram } from "../packing/index.ts";
import type { UnixSeconds } from "../../src-shared/units.ts";

/** The context of every command: the clock, the version of this program, and the app's Electron if it can be used. */
export type CommandContext = {
  readonly now: () => UnixSeconds;
  readonly appVersion: string;
  /** The folder of this program's settings on this computer. */
  readonly settingsFolder?: string | undefined;
  /** The system's keychain; absent where commands must not use it. */
  readonly keychain?: Keychain | undefined;
  /** The roots of the removable drives that are plugged in. */
  readonly mounted?: (() => Promise<readonly string[]>) | undefined;
  readonly electron?: ElectronProgram | undefined;
};

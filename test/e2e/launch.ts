import type { Language } from "../../src-shared/languages.ts";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { ElectronApplication, Page } from "playwright";
import { expect, onTestFinished } from "vitest";
import { driveElectron } from "../../build/drive-electron.ts";
import { launcherSwitches, projectRoot, readElectronRuntime } from "../../build/electron-runtime.ts";

export type RunningApp = {
  readonly app: ElectronApplication;
  readonly page: Page;
  readonly close: () => Promise<void>;
};

type LaunchOptions = {
  readonly userData: string;
  readonly trust: string;
  readonly vaults?: readonly string[];
  readonly language?: Language;
  /** Additional command-line arguments. */
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** A folder with another program `electron`. */
  readonly electronFolder?: string;
};

/** Starts the built app in a real window with a profile folder of its own; it is closed when the test ends. */
export async function launchApp(options: LaunchOptions): Promise<RunningApp> {
  const running = await startApp(options);
  onTestFinished(running.close);
  return running;
}

/** The same for several tests, which close it themselves. */
export async function startApp(options: LaunchOptions): Promise<RunningApp> {
  const vaults = (options.vaults ?? []).flatMap((vault) => ["--vault", vault]);
  const profile = [`--user-data-dir=${options.userData}`, `--lang=${options.language ?? "en"}`];
  const app = await driveElectron(
    ["--disable-gpu", ...profile, projectRoot, ...vaults, "--trust", options.trust, ...(options.args ?? [])],
    options.env,
    options.electronFolder,
  );
  let closing: Promise<void> | undefined;
  const close = () => (closing ??= app.close());
  const page = await app.firstWindow();
  // Protects against a hang, not against a slow machine.
  page.setDefaultTimeout(30_000);
  return { app, page, close };
}

/** Starts the app a second time with these command-line arguments; it passes them on and ends. */
export async function startAgain(userData: string, ...args: string[]): Promise<void> {
  const switches = [...launcherSwitches(), "--disable-gpu", `--user-data-dir=${userData}`];
  const child = spawn(readElectronRuntime().executable, [...switches, projectRoot, ...args], { stdio: "ignore" });
  expect(await once(child, "exit")).toEqual([0, null]);
}

/** Where screenshots of the end-to-end tests are stored for inspection. */
export function screenshotPath(name: string): string {
  return join(projectRoot, "test-results", "screenshots", `${name}.png`);
}

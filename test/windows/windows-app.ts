import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { type Browser, chromium, type Page } from "playwright";
import { afterEach, vi } from "vitest";
import { packageFolder, pictures, windowsPath } from "../../build/windows/places.ts";
import { processesOf } from "../../build/windows/wine.ts";
import { logOf } from "../long/installed-app.ts";
import type { Computer } from "./computer.ts";

/** The app as it is unpacked from the zip. */
export const UNPACKED = join(packageFolder, "win-unpacked", "USB Video Vault.exe");

export type WindowsApp = {
  readonly page: Page;
  /** The app's folder in the profile of the person. */
  readonly profile: string;
  /** Closes the window and waits until the process has ended. */
  readonly close: () => Promise<void>;
};

export type AppStart = {
  readonly program?: string;
  /** Folder of the public keys that the app shall trust instead of its own. */
  readonly trust?: string;
  readonly args?: readonly string[];
};

/** Starts the app on a computer. It speaks the language of the computer, French. */
export async function startOn(computer: Computer, start: AppStart = {}): Promise<WindowsApp> {
  const child = computer.start(start.program ?? UNPACKED, [...SWITCHES, "--remote-debugging-port=0", ...words(start)]);
  const browser = await vi.waitFor(() => attachTo(profileOn(computer)), { timeout: 150_000, interval: 300 });
  const page = browser.contexts()[0]?.pages()[0];
  if (!page) throw new Error("the app has no window");
  page.setDefaultTimeout(60_000);
  return {
    page,
    profile: profileOn(computer),
    async close() {
      const ended = once(child, "exit");
      // Its answer may not arrive any more.
      void askToClose(browser).catch(() => undefined);
      const tooLong = setTimeout(CLOSE_LIMIT_MS, undefined, { ref: false });
      if ((await Promise.race([ended, tooLong])) !== undefined) return;
      await killApp(computer);
      throw new Error("the app did not end when its window was closed");
    },
  };
}

async function askToClose(browser: Browser): Promise<void> {
  const session = await browser.newBrowserCDPSession();
  await session.send("Browser.close");
}

/** Attaches to the window of an app that is starting; throws while there is none. */
async function attachTo(profile: string): Promise<Browser> {
  const file = join(profile, "DevToolsActivePort");
  const address = `http://127.0.0.1:${readFileSync(file, "utf8").split("\n")[0]}`;
  const targets = (await (await fetch(`${address}/json/list`)).json()) as { type: string; title: string }[];
  // A client that connects before the page exists would wait for ever.
  if (!targets.some(({ type, title }) => type === "page" && title === "USB Video Vault"))
    throw new Error("the window is not there yet");
  // The next start writes a new file.
  rmSync(file);
  return chromium.connectOverCDP(address);
}

/** Starts the app while it is running; it hands these words over and ends. Resolves with its exit code. */
export async function startAgainOn(computer: Computer, start: AppStart): Promise<number | null> {
  const child: ChildProcess = computer.start(start.program ?? UNPACKED, [...SWITCHES, ...words(start)]);
  const [code] = (await once(child, "exit")) as [number | null];
  return code;
}

const CLOSE_LIMIT_MS = 60_000;
// Wine's OpenGL cannot carry Chromium's.
const SWITCHES = ["--disable-gpu"];

function words({ trust, args = [] }: AppStart): string[] {
  return [...(trust === undefined ? [] : ["--trust", windowsPath(trust)]), ...args];
}

/** The app's folder in the profile of the person. */
export const profileOn = (computer: Computer): string => join(computer.roaming, "usb-video-vault");

/** Kills the app, as "End task" does. */
export async function killApp(computer: Computer): Promise<void> {
  for (const { pid, commandLine } of processesOf(computer.prefix)) {
    if (commandLine.includes("USB Video Vault.exe")) process.kill(pid, "SIGKILL");
  }
}

/** Prints the log of the app and keeps a picture of its window when a test of this suite has failed. */
export function explainFailures(running: () => WindowsApp | undefined): void {
  afterEach(async ({ task }) => {
    const app = running();
    if (task.result?.state !== "fail" || !app) return;
    process.stderr.write(`${logOf(app.profile)}\n`);
    // The window may be gone.
    await app.page.screenshot({ path: join(pictures, `failed-${task.id}.png`), timeout: 5_000 }).catch(() => undefined);
  });
}

/** Keeps a picture of the window. */
export async function capture(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: join(pictures, `${name}.png`) });
}

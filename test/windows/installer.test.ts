import { once } from "node:events";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { nsisEnvironment } from "../../build/windows/nsis.ts";
import { untilIdle } from "../../build/windows/wine.ts";
import { suiteFolder } from "../e2e/suite-folder.ts";
import { type PublishedApp, publishApp } from "../long/published-app.ts";
import { logOf } from "../long/installed-app.ts";
import { checkForUpdates, openSettings } from "../long/update-panel.ts";
import { type Computer, newComputer } from "./computer.ts";
import { capture, explainFailures, killApp, profileOn, startOn, type WindowsApp } from "./windows-app.ts";

// The installer that electron-builder makes, with stand-ins for the plug-ins that only exist as binaries elsewhere
// (docs/windows.md). In order: each test goes on where the one before ended.
const folder = suiteFolder();
let published: PublishedApp;
let computer: Computer;
let app: WindowsApp | undefined;

beforeAll(async () => {
  Object.assign(process.env, nsisEnvironment);
  published = await publishApp(folder(), ["1.0.0", "2.0.0"], "win-installer");
  published.releaseToEveryone("1.0.0");
  computer = newComputer();
  computer.plug("E", published.stick);
}, 600_000);
afterAll(async () => {
  for (const name of Object.keys(nsisEnvironment)) delete process.env[name];
  await computer.remove();
  await published.server.close();
});
explainFailures(() => app);

const home = () => join(computer.local, "Programs", "usb-video-vault");
const program = () => join(home(), "USB Video Vault.exe");
const uninstaller = () => join(home(), "Uninstall USB Video Vault.exe");

/** Runs a program until it has ended. */
async function run(path: string, ...args: string[]): Promise<number | null> {
  const [code] = (await once(computer.start(path, args), "exit")) as [number | null];
  return code;
}

/** The person's part of the registry, once nothing writes to it any more. */
function registry(): string {
  untilIdle(computer.prefix);
  return readFileSync(join(computer.prefix, "user.reg"), "utf8");
}

/** Waits until the log tells that the app has started as this version. */
async function untilStarted(version: string): Promise<void> {
  const started = () => [...logOf(profileOn(computer)).matchAll(/"app\.started","version":"([^"]+)"/g)].at(-1)?.[1];
  await expect.poll(started, { timeout: 240_000 }).toBe(version);
}

it("installs silently, for this person only, below the profile of Élodie Côté", async () => {
  expect(await run(published.packageOf("1.0.0"), "/S")).toBe(0);
  expect(existsSync(program())).toBe(true);
  expect(existsSync(uninstaller())).toBe(true);
  // electron-builder's scripts keep a copy of the installer there, which nothing of ours uses.
  expect(existsSync(join(computer.local, "usb-video-vault-updater", "installer.exe"))).toBe(false);
  const entries = registry();
  expect(entries).toContain('"DisplayName"="USB Video Vault 1.0.0"');
  expect(entries).toContain(String.raw`[Software\\Classes\\.uvvlic]`);
  expect(entries).toContain(String.raw`[Software\\Classes\\.uvvpack]`);
});

it("does not install version 2 when a halt comes between download and restart", async () => {
  app = await startOn(computer, { program: program(), args: ["--lang=en"] });
  const { page } = app;
  await page.locator("[data-screen=locked]").waitFor();
  await openSettings(page);
  await checkForUpdates(page);
  expect(await page.getByText("Version 2.0.0 is ready.").count()).toBe(0);
  published.releaseToEveryone("2.0.0");
  await checkForUpdates(page);
  await page.getByText("Version 2.0.0 is ready.").waitFor();
  await capture(page, "update-ready");
  published.feed("halt", "--ring", "ga", "--build", published.buildId("2.0.0"), "--reason", "It stutters");
  await page.getByRole("button", { name: "Restart and update" }).click();
  await page.locator("[data-code=HALTED]").waitFor();
  await capture(page, "update-halted");
  const left = readdirSync(join(profileOn(computer), "updates", "pending"));
  expect(left.filter((file) => file.endsWith(".exe"))).toEqual([]);
});

it("installs it after the halt has ended, starts it, and has the stick and the settings that were there", async () => {
  const page = app!.page;
  published.feed("resume", "--ring", "ga", "--reason", "Mended");
  await checkForUpdates(page);
  await page.getByText("Version 2.0.0 is ready.").waitFor();
  await page.getByRole("button", { name: "Restart and update" }).click();
  await untilStarted("2.0.0");
  expect(logOf(profileOn(computer))).not.toContain("ERROR");
  await killApp(computer);
  expect(registry()).toContain('"DisplayName"="USB Video Vault 2.0.0"');
});

it("leaves only what the person keeps when it is uninstalled", async () => {
  expect(registry()).toContain(String.raw`[Software\\Classes\\usb-video-vault]`);
  await run(uninstaller(), "/S");
  const entries = registry();
  expect(existsSync(home())).toBe(false);
  expect(readdirSync(computer.local).filter((name) => name.startsWith("usb-video-vault"))).toEqual([]);
  expect(entries).not.toContain("USB Video Vault.exe");
  expect(entries).not.toContain(String.raw`[Software\\Classes\\usb-video-vault`);
  // Licenses and settings stay, for a new installation.
  expect(existsSync(join(profileOn(computer), "settings.json"))).toBe(true);
});

import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import type { Page } from "playwright";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { MIB } from "../../src-shared/units.ts";
import { suiteFolder } from "../e2e/suite-folder.ts";
import {
  endAll,
  installedVersion,
  installPackage,
  logOf,
  reinstall,
  removePackage,
  startInstalled,
} from "./installed-app.ts";
import { type PublishedApp, publishApp } from "./published-app.ts";
import { checkForUpdates, openSettings, restartInto, settingsOf } from "./update-panel.ts";

vi.setConfig({ testTimeout: 300_000 });

const PROGRAM = "/opt/usb-video-vault";
const folder = suiteFolder();
let app: PublishedApp;
const outcomes: string[] = [];

describe.skipIf(process.getuid?.() !== 0)(
  "an update of the real app that is interrupted (only root may run dpkg)",
  () => {
    beforeAll(async () => {
      app = await publishApp(folder(), ["1.0.0", "2.0.0"]);
      // Installs the dependencies too; after this only dpkg is used.
      installPackage(app.packageOf("1.0.0"));
      app.releaseToEveryone("1.0.0");
      app.releaseToEveryone("2.0.0");
    }, 600_000);
    afterAll(async () => {
      process.stdout.write(outcomes.map((outcome) => `  ${outcome}\n`).join(""));
      // `apt-get` does not remove a half-installed package.
      reinstall(app.packageOf("2.0.0"));
      removePackage();
      await app.server.close();
    }, 60_000);

    async function openApp(userData: string) {
      startInstalled(userData, ["--remote-debugging-port=0", "--vault", app.stick]);
      const opened = await settingsOf(userData);
      await openSettings(opened.page);
      return opened;
    }

    const filesWaiting = (userData: string) => {
      const pending = join(userData, "updates", "pending");
      if (!existsSync(pending)) return [];
      const files = readdirSync(pending, { recursive: true, withFileTypes: true }).filter((file) => file.isFile());
      return files.map((file) => join(file.parentPath, file.name));
    };

    it.each([0.02, 0.5, 0.95])("is downloaded by the next start after a kill at %d of the download", async (share) => {
      reinstall(app.packageOf("1.0.0"));
      const userData = join(folder(), `download-${share}`);
      const total = statSync(app.packageOf("2.0.0")).size;
      const received = () => filesWaiting(userData).reduce((sum, path) => sum + statSync(path).size, 0);
      app.server.isSlow = true;
      const { page } = await openApp(userData);
      await page.locator("section[data-stage=downloading]").waitFor();
      await vi.waitUntil(() => received() >= total * share, { timeout: 60_000, interval: 5 });
      endAll(userData);
      const left = filesWaiting(userData);
      expect(left.every((path) => path.endsWith(".part"))).toBe(true);
      app.server.isSlow = false;
      const again = await openApp(userData);
      await checkForUpdates(again.page);
      await again.page.getByText("Version 2.0.0 is ready.").waitFor();
      expect(filesWaiting(userData).filter((path) => path.endsWith(".part"))).toEqual([]);
      const after = await restartInto(again.page, userData, "2.0.0");
      after.close();
      outcomes.push(`app killed at ${share * 100} % of the download: fetched and installed by the next start`);
    });

    /** The state of the package according to dpkg. */
    const stateOfPackage = () =>
      execFileSync(
        "dpkg-query",
        ["-W", "-f=${db:Status-Want} ${db:Status-Eflag} ${db:Status-Status} ${Version}", "usb-video-vault"],
        {
          encoding: "utf8",
        },
      );
    /** How many bytes dpkg has unpacked next to the app so far. */
    function unpackedBytes(): number {
      const names = readdirSync(PROGRAM, { recursive: true }).map(String);
      const fresh = names.filter((name) => name.endsWith(".dpkg-new"));
      return fresh.reduce(
        (sum, name) => sum + (statSync(join(PROGRAM, name), { throwIfNoEntry: false })?.size ?? 0),
        0,
      );
    }
    const inodeOfAsar = () => statSync(join(PROGRAM, "resources", "app.asar"), { throwIfNoEntry: false })?.ino;

    // The moments of the kill, recognized by dpkg's changes to the app's folder.
    const MOMENTS: readonly (readonly [name: string, isThere: (asarBefore: number | undefined) => boolean])[] = [
      ["at its start", () => true],
      ["at the first unpacked bytes", () => unpackedBytes() > 0],
      ["at 100 MiB unpacked", () => unpackedBytes() > 100 * MIB],
      ["while files are replaced", (before) => inodeOfAsar() !== before],
    ];

    /** The dpkg processes of the installation that the app started. */
    function dpkgOfTheApp(): number[] {
      return readdirSync("/proc")
        .filter((name) => /^\d+$/.test(name))
        .filter((pid) => {
          const [program = "", ...args] = commandLineOf(pid);
          return /(^|\/)dpkg(-deb)?$/.test(program) && args.some((arg) => arg.includes("/usb-video-vault-update/"));
        })
        .map(Number);
    }

    async function untilDpkg(isThere: () => boolean): Promise<void> {
      for (const end = performance.now() + 60_000; performance.now() < end; await setTimeout(0))
        if (dpkgOfTheApp().length > 0) break;
      for (const end = performance.now() + 60_000; performance.now() < end; await setTimeout(0)) if (isThere()) return;
      throw new Error("dpkg did not reach this point");
    }

    function killDpkg(): void {
      const pids = dpkgOfTheApp();
      expect(pids.length).toBeGreaterThan(0);
      for (const pid of pids) {
        try {
          process.kill(pid, "SIGKILL");
        } catch {
          // dpkg's unpacking process ends with dpkg.
        }
      }
    }

    /** The app is still running: it says that nothing was installed, and a second press of the button installs. */
    async function retryInstallation(page: Page, userData: string): Promise<string> {
      await page.locator("[data-code=NOT_INSTALLED]").waitFor({ timeout: 60_000 });
      const after = await restartInto(page, userData, "2.0.0");
      after.close();
      return "the app reported it, and installed at the second press";
    }

    /**
     * Restarts the app. What the app cannot repair is repaired by installing the package by hand, as the guide says.
     */
    async function restartApp(userData: string): Promise<string> {
      if (await startsAgain(userData)) {
        const { page } = await settingsOf(userData);
        await openSettings(page);
        await checkForUpdates(page);
        if ((await page.getByText("Version 2.0.0 is ready.").count()) > 0) {
          const after = await restartInto(page, userData, "2.0.0");
          after.close();
          return "the next start installed it";
        }
        await page.getByText("Version 2.0.0 is up to date.").waitFor();
        endAll(userData);
        reinstall(app.packageOf("2.0.0"));
        return "the app starts as the new version; the package was repaired by hand";
      }
      endAll(userData);
      reinstall(app.packageOf("2.0.0"));
      expect(await startsAgain(userData)).toBe(true);
      return "the app did not start; it starts after installing the package by hand";
    }

    async function startsAgain(userData: string): Promise<boolean> {
      const before = logOf(userData).split("app.started").length;
      startInstalled(userData, ["--remote-debugging-port=0", "--vault", app.stick]);
      const isStarted = () => logOf(userData).split("app.started").length > before;
      for (let tries = 0; !isStarted() && tries < 150; tries++) await setTimeout(100);
      return isStarted();
    }

    describe.each([
      ["dpkg alone", false],
      ["dpkg and the app", true],
    ])("%s killed", (_who, isAppKilled) => {
      it.each(MOMENTS)("%s: the app works, or installing the package repairs it", async (moment, isThere) => {
        reinstall(app.packageOf("1.0.0"));
        const userData = join(folder(), `dpkg-${isAppKilled}-${moment.replaceAll(" ", "-")}`);
        const { page } = await openApp(userData);
        await checkForUpdates(page);
        await page.getByText("Version 2.0.0 is ready.").waitFor();
        const before = inodeOfAsar();
        await page.getByRole("button", { name: "Restart and update" }).click();
        // The app and its window wait for dpkg, so from here on the test only looks at the system.
        await untilDpkg(() => isThere(before));
        killDpkg();
        if (isAppKilled) endAll(userData);
        const state = stateOfPackage();
        const outcome = isAppKilled ? await restartApp(userData) : await retryInstallation(page, userData);
        outcomes.push(`${isAppKilled ? "dpkg and app" : "dpkg"} killed ${moment} (${state}): ${outcome}`);
        expect(installedVersion()).toBe("2.0.0");
        expect(stateOfPackage()).toBe("install ok installed 2.0.0");
        endAll(userData);
      });
    });
  },
);

function commandLineOf(pid: string): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
  } catch {
    // The process has ended meanwhile.
    return [];
  }
}

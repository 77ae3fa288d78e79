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
import { look, openSettings, restartInto, settingsOf } from "./update-panel.ts";

vi.setConfig({ testTimeout: 300_000 });

const PROGRAM = "/opt/usb-video-vault";
const folder = suiteFolder();
let app: PublishedApp;
const fates: string[] = [];

describe.skipIf(process.getuid?.() !== 0)(
  "an update of the real app that is interrupted (only root may run dpkg)",
  () => {
    beforeAll(async () => {
      app = await publishApp(folder(), ["1.0.0", "2.0.0"]);
      // With what it needs; from then on dpkg alone.
      installPackage(app.deb("1.0.0"));
      app.toEveryone("1.0.0");
      app.toEveryone("2.0.0");
    }, 600_000);
    afterAll(async () => {
      process.stdout.write(fates.map((fate) => `  ${fate}\n`).join(""));
      // A package that dpkg left half installed is not removed.
      reinstall(app.deb("2.0.0"));
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

    it.each([0.02, 0.5, 0.95])(
      "killed when %d of the download are there, it is fetched by the next start",
      async (share) => {
        reinstall(app.deb("1.0.0"));
        const userData = join(folder(), `download-${share}`);
        const total = statSync(app.deb("2.0.0")).size;
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
        await look(again.page);
        await again.page.getByText("Version 2.0.0 is ready.").waitFor();
        expect(filesWaiting(userData).filter((path) => path.endsWith(".part"))).toEqual([]);
        const after = await restartInto(again.page, userData, "2.0.0");
        after.close();
        fates.push(`app killed at ${share * 100} % of the download: fetched and installed by the next start`);
      },
    );

    /** What dpkg has put in place so far. */
    const stateOfPackage = () =>
      execFileSync(
        "dpkg-query",
        ["-W", "-f=${db:Status-Want} ${db:Status-Eflag} ${db:Status-Status} ${Version}", "usb-video-vault"],
        {
          encoding: "utf8",
        },
      );
    /** How many bytes dpkg has laid beside the app so far. */
    function unpackedBytes(): number {
      const names = readdirSync(PROGRAM, { recursive: true }).map(String);
      const fresh = names.filter((name) => name.endsWith(".dpkg-new"));
      return fresh.reduce(
        (sum, name) => sum + (statSync(join(PROGRAM, name), { throwIfNoEntry: false })?.size ?? 0),
        0,
      );
    }
    const inodeOfAsar = () => statSync(join(PROGRAM, "resources", "app.asar"), { throwIfNoEntry: false })?.ino;

    // Where dpkg is when it is killed: by what it has done to the folder of the app.
    const MOMENTS: readonly (readonly [name: string, isThere: (asarBefore: number | undefined) => boolean])[] = [
      ["as it begins", () => true],
      ["at the first unpacked bytes", () => unpackedBytes() > 0],
      ["at 100 MiB unpacked", () => unpackedBytes() > 100 * MIB],
      ["as files take their places", (before) => inodeOfAsar() !== before],
    ];

    /** What the system runs of the installation that the app has begun. */
    function dpkgOfTheApp(): number[] {
      return readdirSync("/proc")
        .filter((name) => /^\d+$/.test(name))
        .filter((pid) => {
          const [program = "", ...words] = wordsOf(pid);
          return /(^|\/)dpkg(-deb)?$/.test(program) && words.some((word) => word.includes("usb-video-vault-updater"));
        })
        .map(Number);
    }

    async function untilDpkg(isThere: () => boolean): Promise<void> {
      for (const end = performance.now() + 60_000; performance.now() < end; await setTimeout(0))
        if (dpkgOfTheApp().length > 0) break;
      for (const end = performance.now() + 60_000; performance.now() < end; await setTimeout(0)) if (isThere()) return;
      throw new Error("dpkg never came so far");
    }

    function killDpkg(): void {
      const pids = dpkgOfTheApp();
      expect(pids.length).toBeGreaterThan(0);
      for (const pid of pids) {
        try {
          process.kill(pid, "SIGKILL");
        } catch {
          // What unpacks for dpkg ends with it.
        }
      }
    }

    /** The app has survived: it says that nothing was installed, and a second press installs. */
    async function pressAgain(page: Page, userData: string): Promise<string> {
      await page.locator("[data-code=NOT_INSTALLED]").waitFor({ timeout: 60_000 });
      const after = await restartInto(page, userData, "2.0.0");
      after.close();
      return "the app said so, and installed at the second press";
    }

    /** The app is started anew. What it cannot mend itself is mended by installing the package by hand, as the guide says. */
    async function startAnew(userData: string): Promise<string> {
      if (await startsAgain(userData)) {
        const { page } = await settingsOf(userData);
        await openSettings(page);
        await look(page);
        if ((await page.getByText("Version 2.0.0 is ready.").count()) > 0) {
          const after = await restartInto(page, userData, "2.0.0");
          after.close();
          return "the next start installed it";
        }
        await page.getByText("Version 2.0.0 is up to date.").waitFor();
        endAll(userData);
        reinstall(app.deb("2.0.0"));
        return "the app starts as the new version; the package was mended by hand";
      }
      endAll(userData);
      reinstall(app.deb("2.0.0"));
      expect(await startsAgain(userData)).toBe(true);
      return "it did not start; installed by hand it does";
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
      it.each(MOMENTS)("%s leaves an app that works, or that the package repairs", async (moment, isThere) => {
        reinstall(app.deb("1.0.0"));
        const userData = join(folder(), `dpkg-${isAppKilled}-${moment.replaceAll(" ", "-")}`);
        const { page } = await openApp(userData);
        await look(page);
        await page.getByText("Version 2.0.0 is ready.").waitFor();
        const before = inodeOfAsar();
        await page.getByRole("button", { name: "Restart and update" }).click();
        // The app waits for dpkg, and its window with it: from here on only the system is looked at.
        await untilDpkg(() => isThere(before));
        killDpkg();
        if (isAppKilled) endAll(userData);
        const state = stateOfPackage();
        const fate = isAppKilled ? await startAnew(userData) : await pressAgain(page, userData);
        fates.push(`${isAppKilled ? "dpkg and app" : "dpkg"} killed ${moment} (${state}): ${fate}`);
        expect(installedVersion()).toBe("2.0.0");
        expect(stateOfPackage()).toBe("install ok installed 2.0.0");
        endAll(userData);
      });
    });
  },
);

function wordsOf(pid: string): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
  } catch {
    // It ended by itself meanwhile.
    return [];
  }
}

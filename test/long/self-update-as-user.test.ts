import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { screenshotPath } from "../e2e/launch.ts";
import { suiteFolder } from "../e2e/suite-folder.ts";
import {
  installedVersion,
  installPackage,
  logOf,
  ORDINARY,
  removePackage,
  runsAs,
  startInstalledAsOrdinary,
} from "./installed-app.ts";
import { allowInstalling, startPolkit } from "./polkit.ts";
import { type PublishedApp, publishApp } from "./published-app.ts";
import { checkForUpdates, openSettings, restartInto, settingsOf } from "./update-panel.ts";

const folder = suiteFolder();
let app: PublishedApp;

describe.skipIf(process.getuid?.() !== 0)(
  "an installed app that an ordinary user runs (only root can set that up)",
  () => {
    beforeAll(async () => {
      app = await publishApp(folder(), ["1.0.0", "2.0.0"]);
      app.releaseToEveryone("1.0.0");
      app.releaseToEveryone("2.0.0");
      installPackage(app.packageOf("1.0.0"));
    }, 600_000);
    afterAll(async () => {
      removePackage();
      await app.server.close();
    }, 60_000);

    it("is updated by pkexec only after polkit allows it", async () => {
      const home = join(folder(), "ordinary");
      mkdirSync(home);
      for (const path of [folder(), home]) chmodSync(path, 0o777);
      execFileSync("chmod", ["-R", "a+rX", app.stick]);
      await startPolkit();
      const userData = join(home, "profile");
      startInstalledAsOrdinary(home, userData, ["--remote-debugging-port=0", "--vault", app.stick]);
      const { page } = await settingsOf(userData);
      await openSettings(page);
      await checkForUpdates(page);
      await page.getByText("Version 2.0.0 is ready.").waitFor();
      // Nobody types a password: polkit refuses, and the app reports it and keeps running.
      await page.getByRole("button", { name: "Restart and update" }).click();
      await page.locator("[data-code=NOT_INSTALLED]").waitFor();
      expect(installedVersion()).toBe("1.0.0");
      await allowInstalling(ORDINARY.name);
      const after = await restartInto(page, userData, "2.0.0");
      const started = logOf(userData)
        .split("\n")
        .findLast((line) => line.includes("app.started"));
      expect(started).toContain('"2.0.0"');
      expect(runsAs(userData)).toEqual([ORDINARY.uid]);
      await after.page.screenshot({ path: screenshotPath("update-ordinary-user-en") });
      after.close();
    });
  },
);

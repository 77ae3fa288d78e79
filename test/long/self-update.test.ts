import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { screenshotPath } from "../e2e/launch.ts";
import { expectDone, vaultctl } from "../e2e/publisher.ts";
import { suiteFolder } from "../e2e/suite-folder.ts";
import { pasteLicense } from "../e2e/viewer.ts";
import { installedVersion, installPackage, logOf, removePackage, startInstalled } from "./installed-app.ts";
import { type PublishedApp, publishApp } from "./published-app.ts";
import { checkForUpdates, openSettings, restartInto, settingsOf } from "./update-panel.ts";

// Real packages, a real dpkg, a real feed made by `vaultctl feed` on the loopback: one version installs the next.
const VERSIONS = ["1.0.0", "2.0.0", "3.0.0"] as const;

const folder = suiteFolder();
let app: PublishedApp;

describe.skipIf(process.getuid?.() !== 0)("an installed app (only root may run dpkg here)", () => {
  beforeAll(async () => {
    app = await publishApp(folder(), VERSIONS);
    // The version that everyone runs; a rollback returns to it.
    app.releaseToEveryone("1.0.0");
    installPackage(app.packageOf("1.0.0"));
  }, 600_000);
  afterAll(async () => {
    removePackage();
    await app.server.close();
  }, 60_000);

  const profileOf = (name: string) => join(folder(), `profile-${name}`);

  /** Starts the app and waits for its window. */
  async function open(name: string): Promise<{ page: Page; close: () => void }> {
    const userData = profileOf(name);
    startInstalled(userData, ["--remote-debugging-port=0", "--vault", app.stick]);
    return settingsOf(userData);
  }

  async function activate(page: Page, ring: "ring0" | "ring1"): Promise<void> {
    await page.getByRole("button", { name: "Create an activation request" }).click();
    const request = join(folder(), `${ring}.uvvreq`);
    writeFileSync(request, await page.getByRole("textbox", { name: "Activation request" }).inputValue());
    const out = join(folder(), `${ring}.uvvlic`);
    const terms = ["--for", ring, "--days", "20", "--ring", ring, "--request", request, "--out", out];
    expectDone(vaultctl("license", "issue", "--keys", app.keys, "--stick", app.stick, ...terms));
    await pasteLicense(page, readFileSync(out, "utf8"));
    await page.locator("[data-screen=catalog]").waitFor();
  }

  it.each([
    ["ring0", () => app.feed("release", "--ring", "ring0", "--build", app.buildId("2.0.0"))],
    ["ring1", () => app.promote("ring1", "2.0.0")],
  ] as const)(
    "of %s is offered the version of its license's ring, and not before its release",
    async (ring, publish) => {
      const { page, close } = await open(ring);
      await activate(page, ring);
      await openSettings(page);
      await checkForUpdates(page);
      expect(await page.getByText("Version 2.0.0 is ready.").count()).toBe(0);
      publish();
      await checkForUpdates(page);
      await page.getByText("Version 2.0.0 is ready.").waitFor();
      close();
    },
  );

  it("of ga finds version 2, downloads, verifies and installs it, and restarts as version 2", async () => {
    app.promote("ga", "2.0.0", "--basis-points", "10000");
    const { page } = await open("ga");
    await openSettings(page);
    await checkForUpdates(page);
    await page.getByText("Version 2.0.0 is ready.").waitFor();
    await page.screenshot({ path: screenshotPath("update-ready-en") });
    const after = await restartInto(page, profileOf("ga"), "2.0.0");
    expect(logOf(profileOf("ga"))).not.toContain("ERROR");
    after.close();
  });

  it("does not install version 3 when a halt comes between download and restart", async () => {
    app.releaseToEveryone("3.0.0");
    const { page, close } = await open("ga");
    await openSettings(page);
    await checkForUpdates(page);
    await page.getByText("Version 3.0.0 is ready.").waitFor();
    app.feed("halt", "--ring", "ga", "--build", app.buildId("3.0.0"), "--reason", "It stutters");
    await page.getByRole("button", { name: "Restart and update" }).click();
    await page.locator("[data-code=HALTED]").waitFor();
    await page.screenshot({ path: screenshotPath("update-halted-en") });
    expect(installedVersion()).toBe("2.0.0");
    expect(logOf(profileOf("ga"))).toContain("updates.purged");
    const left = readdirSync(join(profileOf("ga"), "updates", "pending"));
    expect(left.filter((file) => file.endsWith(".deb"))).toEqual([]);
    close();
  });

  it("returns to version 1 by a signed rollback, and is not offered version 2 again", async () => {
    app.feed("rollback", "--ring", "ga", "--to", app.buildId("1.0.0"), "--reason", "It stutters");
    const { page } = await open("ga");
    await openSettings(page);
    await checkForUpdates(page);
    await page.getByText("The publisher has gone back to version 1.0.0.").waitFor();
    await page.screenshot({ path: screenshotPath("update-rollback-en") });
    const after = await restartInto(page, profileOf("ga"), "1.0.0");
    expect(
      logOf(profileOf("ga"))
        .trimEnd()
        .split("\n")
        .findLast((line) => line.includes("app.started")),
    ).toContain('"1.0.0"');
    await openSettings(after.page);
    await checkForUpdates(after.page);
    expect(await after.page.getByRole("button", { name: "Restart and update" }).count()).toBe(0);
    after.close();
  });

  it("takes version 3 from a stick, without any network", async () => {
    app.feed("resume", "--ring", "ga", "--reason", "Mended");
    app.feed("export", "--to", app.stick);
    await app.server.close();
    const { page } = await open("ga");
    await openSettings(page);
    await checkForUpdates(page);
    await page.getByText("The updates cannot be reached").waitFor();
    await checkForUpdates(page, "Check this stick");
    await page.getByText("Version 3.0.0 is ready.").waitFor();
    await page.screenshot({ path: screenshotPath("update-from-stick-en") });
    const after = await restartInto(page, profileOf("ga"), "3.0.0");
    after.close();
  });
});

import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Page } from "playwright";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { updateHelper } from "../../build/packaging/debian.ts";
import { FeedPublisher, PROBE, serveFolder } from "./feed-publisher.ts";
import { launchApp, screenshotPath, startAgain } from "./launch.ts";
import { expectDone, packStick, vaultctl } from "./publisher.ts";
import { suiteFolder } from "./suite-folder.ts";
import { pasteLicense } from "./viewer.ts";

const HELPER = "/usr/libexec/usb-video-vault/install-update";

const folder = suiteFolder();
let published: ReturnType<typeof packStick>;
let publisher: FeedPublisher;
let next = "";
beforeAll(() => {
  published = packStick(folder(), ["lighthouse.mp4"]);
  publisher = new FeedPublisher(folder(), published.keys);
  publisher.addBuild("0.1.0", 1);
  next = publisher.addBuild("0.2.0", 2);
  publisher.feed("release", "--ring", "ring0", "--build", next, "--reason", "For staff");
});

/** The version of the probe that is installed in the system. */
function installedProbe(): string {
  const { stdout } = spawnSync("dpkg-query", ["-W", "-f", "${Version}", PROBE], { encoding: "utf8" });
  return stdout;
}

/** The helper that the app's own package brings, here for the probe; a system with that package keeps its own. */
function installHelperForProbe(): void {
  if (existsSync(HELPER)) throw new Error(`the app is installed on this system: ${HELPER}`);
  mkdirSync(dirname(HELPER), { recursive: true });
  writeFileSync(HELPER, updateHelper(PROBE), { mode: 0o755 });
  onTestFinished(() => rmSync(dirname(HELPER), { recursive: true }));
}

/** Starts the app as a member of staff has it, activated for ring0. */
async function launchForStaff(userData: string, args: readonly string[]) {
  const { stick, trust } = published;
  const asDebian = ["--package-kind", "deb", ...args];
  const running = await launchApp({ userData: join(folder(), userData), trust, vaults: [stick], args: asDebian });
  await activate(running.page, userData);
  return running;
}

async function activate(page: Page, name: string): Promise<void> {
  await page.getByRole("button", { name: "Create an activation request" }).click();
  const request = join(folder(), `${name}.uvvreq`);
  const license = join(folder(), `${name}.uvvlic`);
  writeFileSync(request, await page.getByRole("textbox", { name: "Activation request" }).inputValue());
  const terms = ["--for", "C-0001", "--days", "30", "--ring", "ring0", "--request", request, "--out", license];
  expectDone(vaultctl("license", "issue", "--keys", published.keys, "--stick", published.stick, ...terms));
  await pasteLicense(page, readFileSync(license, "utf8"));
  await page.locator("[data-screen=catalog]").waitFor();
}

async function openUpdates(page: Page): Promise<void> {
  await page.getByRole("button", { name: "More" }).click();
  await page.getByRole("menuitem", { name: "Settings" }).click();
  await page.getByRole("heading", { name: "Updates", exact: true }).waitFor();
}

/** Each retry starts the app once more. */
const SOON = { timeout: 30_000 };

describe("an update in the real app", () => {
  it("is offered to its ring, withdrawn by a halt before it is installed, and installed by dpkg after the resume", async () => {
    installHelperForProbe();
    onTestFinished(() => void spawnSync("dpkg", ["--purge", PROBE]));
    spawnSync("dpkg", ["--install", join(folder(), "usb-video-vault_0.1.0_amd64.deb")]);
    const { app, page } = await launchForStaff("staff", ["--feed", await serveFolder(publisher.repository)]);
    // The test ends the app; a second one would outlive it.
    await app.evaluate((electron) => {
      electron.app.relaunch = () => undefined;
    });
    await openUpdates(page);
    await page.getByRole("button", { name: "Check now" }).click();
    await page.getByRole("heading", { name: "Version 0.2.0 is ready." }).waitFor();
    await page.getByText("What is new").click();
    await page.getByText("New in 0.2.0").waitFor();
    await page.getByText("Ring details").click();
    expect(await page.getByText(next).count()).toBe(1);
    await page.screenshot({ path: screenshotPath("update-ready-en") });

    publisher.feed("halt", "--ring", "ring0", "--reason", "Crashes at start");
    await page.getByRole("button", { name: "Restart and update" }).click();
    await page.locator("[data-code=HALTED]").waitFor();
    await page.getByText("What the publisher wrote").click();
    await page.getByText("Crashes at start", { exact: true }).waitFor();
    await page.screenshot({ path: screenshotPath("update-halted-en") });
    expect(installedProbe()).toBe("0.1.0");

    publisher.feed("resume", "--ring", "ring0", "--reason", "False alarm");
    await page.getByRole("button", { name: "Check now" }).click();
    await page.getByRole("heading", { name: "Version 0.2.0 is ready." }).waitFor();
    const ended = app.waitForEvent("close");
    await page.getByRole("button", { name: "Restart and update" }).click();
    await ended;
    expect(installedProbe()).toBe("0.2.0");
  });

  it("applies the ring's switches: if license links are turned off they are not read, and the person is told", async () => {
    const { page } = await launchForStaff("switched", ["--feed", await serveFolder(publisher.repository)]);
    const userData = join(folder(), "switched");
    await openUpdates(page);
    publisher.feed("flags", "--ring", "ring0", "--off", "license-links", "--reason", "Forged links go around");
    await page.getByRole("button", { name: "Check now" }).click();
    await page.getByRole("heading", { name: "Version 0.2.0 is ready." }).waitFor();
    await startAgain(userData, "usb-video-vault://license?data=AAAA");
    await page.getByRole("dialog").locator("[data-code=LINKS_OFF]").waitFor();
    await page.screenshot({ path: screenshotPath("links-off-en") });
    await page.keyboard.press("Escape");

    publisher.feed("flags", "--ring", "ring0", "--on", "license-links", "--reason", "They are gone");
    await page.getByRole("button", { name: "Check now" }).click();
    await page.locator("section[data-stage=ready]").waitFor();
    await expect
      .poll(async () => {
        await startAgain(userData, "usb-video-vault://license?data=AAAA");
        const shown = await page.getByRole("dialog").locator("[data-code]").getAttribute("data-code");
        await page.keyboard.press("Escape");
        return shown;
      }, SOON)
      .toBe("MALFORMED");
  });

  it("is found on the stick without a network, and not offered to a ring that has none", async () => {
    publisher.feed("export", "--to", published.stick);
    const { page } = await launchForStaff("offline", []);
    await openUpdates(page);
    await page.getByText("This stick contains updates").waitFor();
    await page.getByRole("button", { name: "Check now" }).click();
    await page.locator("[data-code=UNREACHABLE]").waitFor();
    await page.getByRole("button", { name: "Check this stick" }).click();
    await page.getByRole("heading", { name: "Version 0.2.0 is ready." }).waitFor();
    await page.screenshot({ path: screenshotPath("update-from-stick-en") });
  });
});

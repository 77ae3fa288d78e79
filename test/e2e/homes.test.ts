import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { launcherSwitches, projectRoot, readElectronRuntime } from "../../build/electron-runtime.ts";
import { problemWith } from "../../src-main/app/folder-problem.ts";
import { codeOf } from "../../src-shared/node/atomic-files.ts";
import { launchApp, screenshotPath } from "./launch.ts";
import { issuePassphraseLicense, packStick } from "./publisher.ts";
import { suiteFolder } from "./suite-folder.ts";
import { pasteLicense, playFirst, unlock, untilPlaying } from "./viewer.ts";

const folder = suiteFolder();
const canMount = process.getuid?.() === 0 && process.platform === "linux";

/** A disk of its own, mounted until the test ends. */
function mountDisk(name: string, options: string): string {
  const disk = join(folder(), name);
  mkdirSync(disk);
  execFileSync("mount", ["-t", "tmpfs", "-o", options, "tmpfs", disk]);
  onTestFinished(() => void spawnSync("umount", ["--lazy", disk]));
  return disk;
}

/** Writes until nothing more fits; gives the path of the file that takes the space. */
function fill(disk: string): string {
  const filler = join(disk, "filler");
  for (let bytes = 1 << 20; bytes >= 1; bytes >>= 1) {
    try {
      for (;;) appendFileSync(filler, Buffer.alloc(bytes));
    } catch (error) {
      if (codeOf(error) !== "ENOSPC") throw error;
    }
  }
  return filler;
}

describe.skipIf(!canMount)("a home", () => {
  let published: ReturnType<typeof packStick>;
  let license: ReturnType<typeof issuePassphraseLicense>;
  let other: ReturnType<typeof issuePassphraseLicense>;
  beforeAll(() => {
    published = packStick(folder(), ["harbour.mp4"]);
    license = issuePassphraseLicense(published);
    other = issuePassphraseLicense(published, "other");
  });

  it.each([
    ["that is read-only", "FOLDER_NOT_WRITABLE", "ro"],
    ["without room for one more file", "FOLDER_FULL", "nr_inodes=1"],
  ])("%s: the app says why it cannot start", async (_name, code, options) => {
    const home = mountDisk(code, options);
    const args = [...launcherSwitches(), "--disable-gpu", projectRoot];
    const env = { ...process.env, HOME: home, XDG_CONFIG_HOME: home };
    const app = spawn(readElectronRuntime().executable, args, { env, stdio: "ignore" });
    onTestFinished(() => void app.kill("SIGKILL"));
    const ended = once(app, "exit");
    // The dialog's window has this name; its text begins with the code.
    execFileSync("xdotool", ["search", "--sync", "--onlyvisible", "--name", "^Error$"], { timeout: 30_000 });
    expect(problemWith(join(home, "usb-video-vault"))).toBe(code);
    execFileSync("xdotool", ["key", "Return"]);
    expect(await ended).toEqual([1, null]);
  });

  it("on a full disk still plays, says what it could not store, and loses nothing", async () => {
    const disk = mountDisk("full", "size=64m");
    const userData = join(disk, "profile");
    const options = { userData, trust: published.trust, vaults: [published.stick] };
    const first = await launchApp(options);
    await first.page.locator("[data-screen=locked]").waitFor();
    await pasteLicense(first.page, license.text);
    await unlock(first.page, license.passphrase);
    await first.close();
    const stored = () => readFileSync(join(userData, "settings.json"), "utf8");
    const [before, licenses] = [stored(), readdirSync(join(userData, "licenses"))];

    const filler = fill(disk);
    const { page, close } = await launchApp(options);
    await page.locator("[data-screen=locked]").waitFor();
    await pasteLicense(page, other.text);
    await page.locator("[data-code=STATE_NOT_WRITTEN]").waitFor();
    await page.screenshot({ path: screenshotPath("disk-full-license-en") });
    await unlock(page, license.passphrase);
    await playFirst(page);
    await untilPlaying(page, 1);
    await page.keyboard.press("Escape");
    await page.locator("[data-screen=catalog]").waitFor();
    await page.getByRole("button", { name: "More" }).click();
    await page.getByRole("menuitem", { name: "Settings" }).click();
    await page.getByRole("radio", { name: "Dark" }).click({ force: true });
    await page.locator("[data-code=NOT_WRITTEN]").waitFor();
    await page.screenshot({ path: screenshotPath("disk-full-settings-en") });
    await close();
    expect([stored(), readdirSync(join(userData, "licenses"))]).toEqual([before, licenses]);

    rmSync(filler);
    const again = await launchApp(options);
    await again.page.locator("[data-screen=locked]").waitFor();
    await pasteLicense(again.page, other.text);
    await unlock(again.page, other.passphrase);
  });
});

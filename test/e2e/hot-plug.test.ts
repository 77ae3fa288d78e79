import { execFileSync, spawnSync } from "node:child_process";
import { accessSync, constants, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { mountFat32, mountImage, whyNoFat32 } from "../ops/support/mounts.ts";
import { launchApp } from "./launch.ts";
import { clip, expectDone, issuePassphraseLicense, vaultctl } from "./publisher.ts";
import { suiteFolder } from "./suite-folder.ts";
import { pasteLicense, playFirst, unlock, untilPlaying, videoState } from "./viewer.ts";

const folder = suiteFolder();

function whyNoDrive(): string | undefined {
  try {
    accessSync("/mnt", constants.W_OK);
  } catch {
    return "only root may mount below /mnt, where the app looks for drives";
  }
  return whyNoFat32();
}

it("detects a FAT32 stick, survives its removal during playback, and goes on when it is back", async (context) => {
  const missing = whyNoDrive();
  if (missing) context.skip(missing);
  const keys = join(folder(), "keys");
  const image = join(folder(), "stick.img");
  const drive = mkdtempSync("/mnt/uvv-stick-");
  onTestFinished(() => {
    spawnSync("fusermount", ["-uz", drive]);
    rmSync(drive, { recursive: true, force: true });
  });
  expectDone(vaultctl("keys", "init", "--dir", keys, "--dev"));
  const packed = await mountFat32(image, drive);
  expectDone(vaultctl("pack", "--stick", drive, "--keys", keys, "--label", "FAT", clip("harbour.mp4")));
  const license = issuePassphraseLicense({ keys, stick: drive });
  await packed.unmount();

  const trust = join(keys, "public");
  const { page } = await launchApp({ userData: join(folder(), "data"), trust });
  await page.locator("[data-screen=no-stick]").waitFor();
  const plugged = await mountImage(image, drive);
  await page.locator("[data-screen=locked]").waitFor();
  await pasteLicense(page, license.text);
  await unlock(page, license.passphrase);
  await playFirst(page);
  await untilPlaying(page, 1);

  await plugged.pull();
  execFileSync("fusermount", ["-uz", drive]);
  await page.locator("[data-code=REMOVED]").waitFor();
  const frozen = await videoState(page);
  const again = await mountImage(image, drive);
  await page.locator("[data-code=REMOVED]").waitFor({ state: "detached" });
  await untilPlaying(page, frozen.time + 1);

  // "Eject safely" leaves nothing open: the file system can be unmounted without force.
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Eject safely" }).click();
  await page.locator("[data-screen=no-stick]").waitFor();
  await again.unmount();
  expect(spawnSync("mountpoint", ["-q", drive]).status).not.toBe(0);
});

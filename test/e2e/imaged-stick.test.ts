import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { readElectronRuntime } from "../../build/electron-runtime.ts";
import { writeFakeUsb } from "../fakes/fake-usb.ts";
import { mountFat32, mountImage, shareMounts, whyNoFat32 } from "../ops/support/mounts.ts";
import { launchApp, screenshotPath } from "./launch.ts";
import { clip, expectDone, issuePassphraseLicense, vaultctl } from "./publisher.ts";
import { suiteFolder } from "./suite-folder.ts";
import { pasteLicense, playFirst, unlock } from "./viewer.ts";

const folder = suiteFolder();

// The image is identical to the stick: file system, ids and everything else. Only the serial number of the drive
// differs. The drives here have none, so the app and the publisher's tool run where the kernel's files show a stick.
it("refuses the image of a stick on a drive with another serial number, at the start and in place of the real stick, and a copy in a folder", async (context) => {
  const missing = whyNoFat32();
  if (missing) context.skip(missing);
  const unshare = shareMounts(folder());
  if (!unshare) return context.skip("mounting is not allowed here");
  onTestFinished(unshare);
  const [keys, image, drive, copy] = ["keys", "stick.img", "drive", "copy"].map((name) => join(folder(), name)) as [
    string,
    string,
    string,
    string,
  ];
  const usb = writeFakeUsb(join(folder(), "system"));
  const electronFolder = usb.electronFolder(readElectronRuntime().executable);
  onTestFinished(() => void spawnSync("fusermount", ["-uz", drive]));
  const trust = join(keys, "public");
  const start = (name: string, vault = drive) =>
    launchApp({ userData: join(folder(), name), trust, vaults: [vault], electronFolder });

  expectDone(vaultctl("keys", "init", "--dir", keys, "--dev"));
  const packed = await mountFat32(image, drive, "/dev/sdx1");
  usb.setStick(drive, "4C530001230101112345");
  expectDone(vaultctl("pack", "--stick", drive, "--keys", keys, "--label", "FAT", clip("lighthouse.mp4")));
  const license = issuePassphraseLicense({ keys, stick: drive, within: usb.command });
  mkdirSync(copy);
  execFileSync("cp", ["-r", join(drive, "VAULT"), copy]);

  const first = await start("data");
  await first.page.locator("[data-screen=locked]").waitFor();
  await pasteLicense(first.page, license.text);
  await unlock(first.page, license.passphrase);
  await playFirst(first.page);
  await packed.pull();
  execFileSync("fusermount", ["-uz", drive]);
  await first.page.locator("[data-code=REMOVED]").waitFor();
  const imaged = await mountImage(image, drive, "/dev/sdx1");
  usb.setStick(drive, "4C530001230101119999");
  await first.page.locator("[data-screen=locked] [data-code=WRONG_STICK]").waitFor();
  await first.close();

  const second = await start("other-data");
  await second.page.locator("[data-screen=locked]").waitFor();
  await pasteLicense(second.page, license.text);
  const card = second.page.locator("[data-code=WRONG_STICK]");
  await card.waitFor();
  expect(await card.textContent()).toContain("a copy of the licensed stick");
  await second.page.screenshot({ path: screenshotPath("imaged-stick-en") });
  await second.close();

  usb.setStick(drive, "4C530001230101112345");
  const third = await start("other-data");
  await third.page.locator("[data-screen=locked]").waitFor();
  await pasteLicense(third.page, license.text);
  await unlock(third.page, license.passphrase);
  await third.close();

  const fourth = await start("folder-data", copy);
  await fourth.page.locator("[data-screen=locked]").waitFor();
  await pasteLicense(fourth.page, license.text);
  await fourth.page.locator("[data-code=WRONG_STICK]").waitFor();
  await fourth.close();
  await imaged.unmount();
});

import { execFileSync, spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { writeFakeLsblk } from "../fakes/fake-lsblk.ts";
import { mountFat32, mountImage, whyNoFat32 } from "../ops/support/mounts.ts";
import { launchApp, screenshotPath } from "./launch.ts";
import { clip, expectDone, issuePassphraseLicense, vaultctl } from "./publisher.ts";
import { suiteFolder } from "./suite-folder.ts";
import { pasteLicense, playFirst, unlock } from "./viewer.ts";

const folder = suiteFolder();

// The image is identical to the stick: file system, ids and everything else. Only the serial number of the drive
// differs. The drives here have none, so a program in the PATH that replaces `lsblk` reports it.
it("refuses the image of a stick on a drive with another serial number, at the start and in place of the real stick", async (context) => {
  const missing = whyNoFat32();
  if (missing) context.skip(missing);
  const [keys, image, drive] = ["keys", "stick.img", "drive"].map((name) => join(folder(), name)) as [
    string,
    string,
    string,
  ];
  const lsblk = writeFakeLsblk(join(folder(), "bin"));
  const before = process.env["PATH"];
  process.env["PATH"] = lsblk.path;
  onTestFinished(() => {
    process.env["PATH"] = before;
    spawnSync("fusermount", ["-uz", drive]);
  });
  const trust = join(keys, "public");
  const start = (name: string) => launchApp({ userData: join(folder(), name), trust, vaults: [drive] });

  expectDone(vaultctl("keys", "init", "--dir", keys, "--dev"));
  const packed = await mountFat32(image, drive);
  lsblk.setStick(drive, "4C530001230101112345");
  expectDone(vaultctl("pack", "--stick", drive, "--keys", keys, "--label", "FAT", clip("lighthouse.mp4")));
  const license = issuePassphraseLicense({ keys, stick: drive });

  const first = await start("data");
  await first.page.locator("[data-screen=locked]").waitFor();
  await pasteLicense(first.page, license.text);
  await unlock(first.page, license.passphrase);
  await playFirst(first.page);
  await packed.pull();
  execFileSync("fusermount", ["-uz", drive]);
  await first.page.locator("[data-code=REMOVED]").waitFor();
  const imaged = await mountImage(image, drive);
  lsblk.setStick(drive, "4C530001230101119999");
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

  lsblk.setStick(drive, "4C530001230101112345");
  const third = await start("other-data");
  await third.page.locator("[data-screen=locked]").waitFor();
  await pasteLicense(third.page, license.text);
  await unlock(third.page, license.passphrase);
  await third.close();
  await imaged.unmount();
});

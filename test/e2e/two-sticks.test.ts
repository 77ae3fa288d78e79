import { cpSync, mkdirSync, renameSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import { launchApp, screenshotPath, startAgain } from "./launch.ts";
import { clip, expectDone, issuePassphraseLicense, packStick, vaultctl } from "./publisher.ts";
import { captureViews } from "./screenshots.ts";
import { suiteFolder } from "./suite-folder.ts";
import { pasteLicense, playFirst, unlock, untilPlaying, videoState } from "./viewer.ts";

const folder = suiteFolder();
let published: ReturnType<typeof packStick>;
let course: string;
beforeAll(() => {
  published = packStick(folder(), ["harbour.mp4"]);
  course = join(folder(), "course");
  mkdirSync(course);
  const pack = ["pack", "--stick", course, "--keys", published.keys, "--no-trial", "--label", "The course"];
  expectDone(vaultctl(...pack, clip("lighthouse.mp4")));
});

it("of two sticks the viewer chooses one by keyboard, each license opens its own, and pulling one leaves the other playing", async () => {
  const { stick, keys, trust } = published;
  const harbour = issuePassphraseLicense(published);
  const other = issuePassphraseLicense({ keys, stick: course }, "course");
  const userData = join(folder(), "profile");
  const vaults = [stick, course];
  const running = await launchApp({ userData, trust, vaults });
  const { page } = running;
  await page.getByRole("heading", { name: "Choose a stick" }).waitFor();
  expect(await captureViews(running, "sticks-none-chosen")).toEqual([]);
  // The first card has the focus.
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await page.locator("[data-screen=locked]").getByText("Stick “The course”").waitFor();

  // The license of the stick that is not on the screen.
  await pasteLicense(page, harbour.text);
  await page.getByText("Stick “Le port”").waitFor();
  await unlock(page, harbour.passphrase);
  await page.getByRole("button", { name: /^Le port/ }).press("Enter");
  await page.getByRole("menuitemradio", { name: /The course/ }).waitFor();
  await page.screenshot({ path: screenshotPath("sticks-menu") });
  await page.keyboard.press("Escape");

  await playFirst(page);
  renameSync(course, `${course}.away`);
  const before = (await videoState(page)).time;
  await untilPlaying(page, before + 2);
  expect(await page.locator("[data-code]").count()).toBe(0);
  renameSync(`${course}.away`, course);
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: /^Le port/ }).waitFor();

  // A license that is opened from the file manager.
  await startAgain(userData, join(keys, "..", "course.uvvlic"));
  await page.getByRole("button", { name: "Import", exact: true }).click();
  await page.getByText("Stick “The course”").waitFor();
  await unlock(page, other.passphrase);
  await running.close();

  const again = await launchApp({ userData, trust, vaults });
  await again.page.locator("[data-screen=locked]").getByText("Stick “The course”").waitFor();
});

it("copies of one stick are told apart by their drives", async () => {
  const { stick, trust } = published;
  const copy = join(folder(), "copy of it");
  cpSync(stick, copy, { recursive: true });
  const { page } = await launchApp({ userData: join(folder(), "copies"), trust, vaults: [stick, copy] });
  await page.getByRole("button", { name: /copy of it/ }).click();
  await page.locator("[data-screen=locked]").waitFor();
});

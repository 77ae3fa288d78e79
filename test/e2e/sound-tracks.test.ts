import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright";
import { beforeAll, expect, it } from "vitest";
import { runFfmpeg } from "../ops/support/make-film.ts";
import { launchApp } from "./launch.ts";
import { issuePassphraseLicense, packStick } from "./publisher.ts";
import { suiteFolder } from "./suite-folder.ts";
import { pasteLicense, unlock, untilPlaying } from "./viewer.ts";

const PROJECT = join(import.meta.dirname, "..", "..");
const folder = suiteFolder();
let published: ReturnType<typeof packStick>;
let license: ReturnType<typeof issuePassphraseLicense>;
beforeAll(() => {
  published = packStick(folder());
  const sources = "-f lavfi -i testsrc2=s=320x180:r=25:d=20 -f lavfi -i sine=440:d=20 -f lavfi -i sine=880:d=20";
  const tracks = "-map 0 -map 1 -map 2 -metadata:s:a:0 language=eng -metadata:s:a:1 language=fra";
  const film = runFfmpeg(
    `${sources} ${tracks} -disposition:a:0 0 -disposition:a:1 default -c:v libx264 -preset ultrafast -pix_fmt yuv420p -c:a aac`,
    join(folder(), "languages.mkv"),
  );
  const cue = "WEBVTT\n\n00:01.000 --> 00:03.000\nHello\n";
  for (const name of ["en", "en.forced", "en.sdh", "en.commentary"]) {
    writeFileSync(join(folder(), `languages.${name}.vtt`), cue);
  }
  const { stick, keys } = published;
  const main = join(PROJECT, "src-ops", "cli", "main.ts");
  execFileSync(process.execPath, [main, "add", "--no-trial", "--stick", stick, "--keys", keys, film]);
  license = issuePassphraseLicense(published);
});

/** Which sound tracks are heard, in the order of the file. */
const heard = (page: Page) =>
  page.evaluate(() => {
    const video = document.querySelector("video") as unknown as { audioTracks: ArrayLike<{ enabled: boolean }> };
    return Array.from(video.audioTracks, ({ enabled }) => enabled);
  });

const shown = (page: Page) =>
  page.evaluate(() =>
    Array.from(document.querySelector("video")?.textTracks ?? [])
      .filter(({ mode }) => mode === "showing")
      .map(({ label }) => label),
  );

it("the sound follows the viewer's language and then their choice, and subtitles say what they are for", async () => {
  const { stick, trust } = published;
  const { page } = await launchApp({ userData: join(folder(), "profile"), trust, vaults: [stick] });
  await page.locator("[data-screen=locked]").waitFor();
  await pasteLicense(page, license.text);
  await unlock(page, license.passphrase);
  await page.getByText("Languages").first().click();
  await untilPlaying(page, 1);
  // The film prefers French.
  expect(await heard(page)).toEqual([true, false]);
  await page.mouse.move(300, 300);
  const panel = page.getByRole("dialog", { name: "Sound and subtitles" });
  await page.getByRole("button", { name: "Sound and subtitles" }).click();
  expect(await panel.getByRole("listbox", { name: "Subtitles" }).getByRole("option").allTextContents()).toEqual([
    "Off",
    "English (commentary)",
    "English (forced)",
    "English (for the deaf and hard of hearing)",
    "English",
  ]);
  // Nobody has chosen yet: only what translates foreign words is shown, in the language that is heard.
  expect(await panel.getByRole("option", { selected: true }).allTextContents()).toEqual([
    "English",
    "English (forced)",
  ]);
  await panel.getByRole("option", { name: "Français" }).click();
  expect(await panel.getByRole("option", { selected: true }).allTextContents()).toEqual(["Français", "Off"]);
  await panel.getByRole("option", { name: "English (for the deaf and hard of hearing)" }).click();
  await page.keyboard.press("Escape");
  expect(await heard(page)).toEqual([false, true]);
  await untilPlaying(page, 3);
  await page.keyboard.press("Escape");
  await page.getByText("Languages").first().click();
  await untilPlaying(page, 3);
  expect(await heard(page)).toEqual([false, true]);
  expect(await shown(page)).toEqual(["English (for the deaf and hard of hearing)"]);
});

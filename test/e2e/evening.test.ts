import { cpSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Page } from "playwright";
import { beforeAll, expect, it } from "vitest";
import { launchApp, screenshotPath } from "./launch.ts";
import { panelTitle, pressInPanel } from "./media-panel.ts";
import { clip, expectDone, issuePassphraseLicense, vaultctl } from "./publisher.ts";
import { suiteFolder } from "./suite-folder.ts";
import { closeTitlePage, pasteLicense, unlock, untilPlaying } from "./viewer.ts";

const folder = suiteFolder();
let stick: string;
let keys: string;
let license: ReturnType<typeof issuePassphraseLicense>;
const LESSONS = ["1 Knots/1 Bowline", "1 Knots/2 Hitch", "1 Knots/3 Splice", "2 Sails/1 Main", "2 Sails/2 Jib"];

beforeAll(() => {
  const films = join(folder(), "films");
  for (const lesson of LESSONS) {
    mkdirSync(dirname(join(films, lesson)), { recursive: true });
    // A film without a title inside: it gets that of its file.
    cpSync(clip("tides.webm"), join(films, `${lesson}.webm`));
    cpSync(clip("harbour.en.vtt"), join(films, `${lesson}.en.vtt`));
    cpSync(clip("harbour.fr.vtt"), join(films, `${lesson}.fr.vtt`));
  }
  [keys, stick] = [join(folder(), "keys"), join(folder(), "stick")];
  mkdirSync(stick);
  expectDone(vaultctl("keys", "init", "--dir", keys, "--dev"));
  expectDone(vaultctl("pack", "--stick", stick, "--keys", keys, "--no-trial", films));
  license = issuePassphraseLicense({ keys, stick });
});

const launch = () => launchApp({ userData: join(folder(), "user"), trust: join(keys, "public"), vaults: [stick] });

async function press(page: Page, ...pressed: string[]): Promise<void> {
  for (const key of pressed) await page.keyboard.press(key);
}
const playing = (page: Page, title: string) => page.getByRole("heading", { name: title }).waitFor();
const toEnd = (page: Page) =>
  page.evaluate(() => {
    const video = document.querySelector("video") as HTMLVideoElement;
    video.currentTime = video.duration - 0.3;
  });
const choices = (page: Page) =>
  page.evaluate(() => {
    const video = document.querySelector("video") as HTMLVideoElement;
    const shown = [...video.textTracks].filter(({ mode }) => mode === "showing").map(({ language }) => language);
    return { rate: video.playbackRate, volume: Math.round(video.volume * 100), muted: video.muted, shown };
  });

it("an evening by keyboard: lessons follow each other, a queue, a list, and everything is as it was the next day", async () => {
  const first = await launch();
  const { page } = first;
  await page.locator("[data-screen=locked]").waitFor();
  await pasteLicense(page, license.text);
  await unlock(page, license.passphrase);
  // The second lesson of the second section is queued, and the first section begins.
  await press(page, "/", "ArrowDown", "End", "q", "Home", "Enter");
  await untilPlaying(page, 0.5);
  await press(page, ">", ">", "ArrowDown", "ArrowDown", "c");
  await page.getByText("Subtitles: English").waitFor();
  const chosen = { rate: 1.5, volume: 90, muted: false, shown: ["en"] };
  await expect.poll(() => choices(page)).toEqual(chosen);
  await toEnd(page);
  await page.locator("[data-up-next]").getByText("2 Jib").waitFor();
  await page.screenshot({ path: screenshotPath("up-next-en") });
  // It begins by itself, and so does the lesson for which it was interrupted.
  await playing(page, "2 Jib");
  await untilPlaying(page, 0.5);
  expect(await choices(page)).toEqual(chosen);
  await toEnd(page);
  await page.locator("[data-up-next]").getByText("2 Hitch").waitFor();
  await press(page, "Escape");
  await page.getByRole("region", { name: "The video has ended" }).waitFor();
  await press(page, "n");
  await playing(page, "2 Hitch");
  await press(page, "Escape");
  await page.locator("[data-screen=catalog]").waitFor();

  // A list of two lessons, the last one first.
  for (const key of ["End", "Home"]) {
    await press(page, "/", "ArrowDown", key, "i");
    await page.getByRole("button", { name: "Add to a list" }).focus();
    await press(page, "Enter");
    await page.getByRole("menu").waitFor();
    await press(page, "Enter");
    if (key === "End") {
      await page.getByRole("textbox", { name: "Name" }).waitFor();
      await page.keyboard.type("Tomorrow");
      await press(page, "Enter");
    }
    await page.getByText("is in “Tomorrow”").waitFor();
    await closeTitlePage(page);
  }
  await first.close();

  const second = await launch();
  await unlock(second.page, license.passphrase);
  await second.page.getByRole("button", { name: "More" }).focus();
  await press(second.page, "Enter");
  await second.page.getByRole("menuitem", { name: "My lists" }).press("Enter");
  await second.page.getByRole("list", { name: "Tomorrow" }).locator("[data-row]").first().focus();
  await press(second.page, "Alt+ArrowDown", "Home", "Enter");
  await playing(second.page, "1 Bowline");
  await untilPlaying(second.page, 0.5);
  expect(await choices(second.page)).toEqual(chosen);
  await press(second.page, "q");
  await second.page.getByRole("region", { name: "Queue" }).getByText("2 Jib").waitFor();
  // The media keys of the system.
  await expect.poll(panelTitle).toBe("1 Bowline");
  pressInPanel("Pause");
  await second.page.waitForFunction(() => document.querySelector("video")?.paused);
  pressInPanel("PlayPause");
  await second.page.waitForFunction(() => document.querySelector("video")?.paused === false);
  pressInPanel("Next");
  await playing(second.page, "2 Jib");
  await expect.poll(panelTitle).toBe("2 Jib");
  await second.close();
});

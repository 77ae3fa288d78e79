import { renameSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import { launchApp, screenshotPath } from "./launch.ts";
import { packStick, issuePassphraseLicense } from "./publisher.ts";
import { suiteFolder } from "./suite-folder.ts";
import { pasteLicense, playFirst, unlock, untilPlaying, videoState } from "./viewer.ts";

const folder = suiteFolder();
let published: ReturnType<typeof packStick>;
let license: ReturnType<typeof issuePassphraseLicense>;
beforeAll(() => {
  published = packStick(folder());
  license = issuePassphraseLicense(published);
});

it("goes from plugging in to watching: stick arrives, license pasted, passphrase, poster, picture, preview", async () => {
  const { stick, trust } = published;
  const away = `${stick}.away`;
  renameSync(stick, away);
  const { page, close } = await launchApp({ userData: join(folder(), "first"), trust, vaults: [stick] });
  await page.getByText("Plug your stick in").waitFor();
  renameSync(away, stick);
  await page.locator("[data-screen=locked]").waitFor();
  await page.locator("[data-code=MISSING]").waitFor();
  await page.screenshot({ path: screenshotPath("locked-en") });
  await pasteLicense(page, license.text);
  await unlock(page, license.passphrase);
  await page.getByText("The harbour").first().waitFor();
  await page.waitForFunction(() =>
    Array.from(document.images).every((image) => image.complete && image.naturalWidth > 0),
  );
  await page.screenshot({ path: screenshotPath("catalog-en") });
  await playFirst(page);
  await untilPlaying(page, 2);
  expect((await videoState(page)).width).toBe(640);
  await page.screenshot({ path: screenshotPath("player-en") });
  await page.getByRole("slider", { name: "Position" }).hover();
  await page.locator("[data-preview] canvas:not([data-picture=loading])").waitFor();
  await page.screenshot({ path: screenshotPath("preview-en") });
  await close();
});

it("is complete by keyboard: search, open, seek, pause, speed, subtitles, help, back", async () => {
  const { stick, trust } = published;
  const { page, close } = await launchApp({ userData: join(folder(), "first"), trust, vaults: [stick] });
  await page.getByRole("textbox").first().waitFor();
  await page.keyboard.type(license.passphrase);
  await page.keyboard.press("Enter");
  await page.locator("[data-screen=catalog]").waitFor();
  await page.keyboard.press("/");
  await page.keyboard.type("harb");
  await page.getByRole("gridcell").nth(1).waitFor({ state: "detached" });
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await untilPlaying(page, 0.5);
  await page.keyboard.press("l");
  await page.waitForFunction(() => (document.querySelector("video")?.currentTime ?? 0) > 10);
  await page.keyboard.press("Space");
  await page.waitForFunction(() => document.querySelector("video")?.paused === true);
  await page.keyboard.press("ArrowLeft");
  await page.waitForFunction(() => (document.querySelector("video")?.currentTime ?? 99) < 10);
  await page.keyboard.press(">");
  expect(await page.evaluate(() => document.querySelector("video")?.playbackRate)).toBeGreaterThan(1);
  await page.keyboard.press("m");
  expect(await page.evaluate(() => document.querySelector("video")?.muted)).toBe(true);
  await page.keyboard.press("c");
  await page.waitForFunction(() =>
    Array.from(document.querySelector("video")?.textTracks ?? []).some((track) => track.mode === "showing"),
  );
  await page.keyboard.press("?");
  await page.getByRole("dialog").waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await page.keyboard.press("Escape");
  await page.locator("[data-screen=catalog]").waitFor();
  await close();
});

it("seeks in every kind of file: index first, index at the end, WebM", async () => {
  const { stick, trust } = published;
  const { page, close } = await launchApp({ userData: join(folder(), "first"), trust, vaults: [stick] });
  await unlock(page, license.passphrase);
  for (const title of ["The harbour", "The lighthouse", "Tides"]) {
    await page.getByRole("gridcell", { name: title }).click();
    await untilPlaying(page, 0.1);
    const landed = await page.evaluate(async () => {
      const video = document.querySelector("video") as HTMLVideoElement;
      for (const target of [9, 3, 11, 6]) {
        const seeked = new Promise((resolve) => video.addEventListener("seeked", resolve, { once: true }));
        video.currentTime = target;
        await seeked;
      }
      return video.currentTime;
    });
    expect(landed).toBeGreaterThanOrEqual(6);
    expect(landed).toBeLessThan(7);
    await page.keyboard.press("Escape");
    await page.locator("[data-screen=catalog]").waitFor();
  }
  await close();
});

it("is shown in French, keeps the language, and resumes at the last position", async () => {
  const { stick, trust } = published;
  const userData = join(folder(), "french");
  const first = await launchApp({ userData, trust, vaults: [stick], language: "fr" });
  await first.page.locator("[data-screen=locked]").waitFor();
  await first.page.screenshot({ path: screenshotPath("locked-fr") });
  await pasteLicense(first.page, license.text);
  await unlock(first.page, license.passphrase);
  await first.page.getByRole("gridcell", { name: "The harbour" }).click();
  await untilPlaying(first.page, 0.5);
  await first.page.evaluate(() => {
    const video = document.querySelector("video") as HTMLVideoElement;
    video.currentTime = 17;
  });
  await untilPlaying(first.page, 17.2);
  await first.page.keyboard.press("Escape");
  await first.page.locator("[data-screen=catalog]").waitFor();
  await first.close();

  const second = await launchApp({ userData, trust, vaults: [stick], language: "fr" });
  await unlock(second.page, license.passphrase);
  await second.page.screenshot({ path: screenshotPath("catalog-fr") });
  await second.page.getByRole("gridcell", { name: "The harbour" }).click();
  await untilPlaying(second.page, 17);
  expect((await videoState(second.page)).time).toBeLessThan(20);
  await second.close();
});

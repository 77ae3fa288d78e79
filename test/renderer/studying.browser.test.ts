import { beforeEach, describe, expect, it } from "vitest";
import type { Bookmark, ViewingChange } from "../../src-shared/viewing.ts";
import { CATALOG, videoId } from "./harness/fake-content.ts";
import { harnessOfSuite } from "./harness/suite.ts";
import { pauseClip, startClip, untilSeeked, untilVideo, videoState } from "./harness/video-state.ts";

/** The clip has 25 pictures a second. */
const PICTURE = 1 / 25;

const open = harnessOfSuite();
beforeEach(async () => {
  await open.page.reload();
  await open.page.locator("[data-screen=no-stick]").waitFor();
  await open.runInHarness((harness, screen) => harness.screen(screen), CATALOG);
});

async function press(...keys: string[]): Promise<void> {
  for (const key of keys) await open.page.keyboard.press(key);
}
async function kept(): Promise<readonly Bookmark[] | undefined> {
  const changes = (await open.callInputs("viewing.change")) as ViewingChange[];
  return changes.findLast(({ bookmarks }) => bookmarks !== undefined)?.bookmarks;
}
const field = () => open.page.getByRole("textbox");
const onPicture = () => open.page.evaluate(() => document.activeElement?.getAttribute("data-screen") === "player");

describe("single pictures", () => {
  it("go forward and back by exactly one, however fast the key is pressed", async () => {
    const { page } = open;
    await startClip(page);
    await pauseClip(page);
    const shown = async () => Math.floor((await videoState(page)).seconds / PICTURE);
    await press(".");
    await untilVideo(page, (now) => !now.seeking);
    const start = await shown();
    for (const [key, times, picture] of [
      [".", 1, start + 1],
      [".", 5, start + 6],
      [",", 4, start + 2],
    ] as const) {
      await press(...Array.from({ length: times }, () => key));
      await untilVideo(page, (now) => !now.seeking);
      await expect.poll(shown).toBe(picture);
    }
  });
});

describe("a time to go to", () => {
  it("is typed while the film goes on; what is no time is explained, and Escape closes the field alone", async () => {
    const { page } = open;
    await startClip(page);
    await press("g");
    await field().waitFor();
    await page.keyboard.type("later");
    await press("Enter");
    await page.getByText("A time looks like 7:02").waitFor();
    await untilVideo(page, (now) => !now.paused);
    await field().fill("0:21");
    await press("Enter");
    await untilVideo(page, (now) => !now.seeking && now.seconds >= 21 && now.seconds < 25);
    expect(await field().count()).toBe(0);
    expect(await onPicture()).toBe(true);
    await press("g", "Escape");
    await field().waitFor({ state: "detached" });
    expect(await page.locator("video").count()).toBe(1);
  });
});

describe("a repeated part", () => {
  it("begins again at its end, lets go whoever jumps out of it, and ends with the third press", async () => {
    const { page } = open;
    await startClip(page);
    await pauseClip(page);
    await press("3");
    await untilSeeked(page, 9);
    await press("a", "4");
    await untilSeeked(page, 12);
    await press("a");
    await page.getByText("Repeats 0:09 to 0:12").waitFor();
    expect(await page.locator("[data-loop]").count()).toBe(1);
    await press("ArrowLeft");
    await untilSeeked(page, 7);
    await press("k");
    await untilVideo(page, (now) => now.seconds > 11);
    await untilVideo(page, (now) => now.seconds < 10.5);
    await press("6");
    await untilVideo(page, (now) => now.seconds > 18.5);
    await press("a");
    await page.getByText("Plays on").waitFor();
    expect(await page.locator("[data-loop]").count()).toBe(0);
  });

  it("up to the very end begins again, too, and nothing else is announced", async () => {
    const { page } = open;
    await startClip(page);
    await pauseClip(page);
    await page.locator("video").evaluate((element: HTMLVideoElement) => {
      element.currentTime = element.duration - 1.5;
    });
    await untilVideo(page, (now) => !now.seeking);
    await press("a");
    await page.locator("video").evaluate((element: HTMLVideoElement) => {
      element.currentTime = element.duration;
    });
    await untilVideo(page, (now) => !now.seeking);
    await press("a", "ArrowLeft", "k");
    await untilVideo(page, (now) => now.seconds > 29.2 && !now.paused);
    await untilVideo(page, (now) => now.seconds < 29.2 && !now.paused);
  });
});

describe("bookmarks", () => {
  it("are set with a note by keyboard, found again, changed, and removed", async () => {
    const { page } = open;
    await startClip(page);
    await pauseClip(page);
    const at = (await videoState(page)).seconds;
    await press("b");
    // Letters are typed, and are no commands of the player.
    await page.keyboard.type("knot, again. Mmm");
    await press("Enter");
    await page.getByText("Bookmark at 0:1").first().waitFor();
    expect(await kept()).toEqual([{ videoId: videoId(0), seconds: at, note: "knot, again. Mmm" }]);
    expect(await onPicture()).toBe(true);
    expect(await page.locator("[data-mark]").count()).toBe(1);
    await press("b");
    expect(await field().inputValue()).toBe("knot, again. Mmm");
    await field().fill("shorter");
    await press("Enter");
    expect(await kept()).toEqual([{ videoId: videoId(0), seconds: at, note: "shorter" }]);
    await press("0");
    await untilSeeked(page, 0);
    await page.getByRole("button", { name: "Bookmarks" }).press("Enter");
    await page
      .getByRole("dialog", { name: "Bookmarks" })
      .getByRole("button", { name: /shorter/ })
      .press("Enter");
    await untilSeeked(page, at);
    await page.getByRole("button", { name: "Bookmarks" }).click();
    await page.getByRole("button", { name: "Save all as text…" }).click();
    await expect.poll(() => open.callInputs("viewing.save-bookmarks")).toHaveLength(1);
    await page.getByRole("button", { name: /^Remove the bookmark/ }).click();
    await page.getByText("There are none in this video yet.").waitFor();
    expect(await kept()).toEqual([]);
  });
});

import { beforeEach, describe, expect, it } from "vitest";
import type { Playback } from "../../src-shared/ipc/index.ts";
import { screenshotPath } from "../e2e/launch.ts";
import { findingsOn } from "./harness/axe.ts";
import { CATALOG } from "./harness/fake-content.ts";
import { harnessOfSuite } from "./harness/suite.ts";
import { untilStill } from "./harness/scenes.ts";
import { pauseClip, startClip } from "./harness/video-state.ts";

const TEXT = "C-0042 · 3rm67wze · 2026-11-29";
const HOSTILE = "<img src=x onerror=alert(1)> · 3rm67wze";

const open = harnessOfSuite();
beforeEach(async () => {
  await open.page.setViewportSize({ width: 1280, height: 800 });
  await open.page.reload();
  await open.page.locator("[data-screen=no-stick]").waitFor();
});

async function play(watermark: Playback["watermark"]): Promise<void> {
  await open.runInHarness((harness, given) => harness.watermark(given), watermark);
  const protection = { captures: "blocked", watermark: watermark !== null } as const;
  await open.runInHarness((harness, screen) => harness.screen(screen), { ...CATALOG, protection });
  await startClip(open.page);
  await pauseClip(open.page);
}

/** The marks on the picture, with their place in it, in shares of its size. */
const marks = () =>
  open.page.evaluate(() => {
    const video = document.querySelector("video")!;
    const scale = Math.min(video.clientWidth / video.videoWidth, video.clientHeight / video.videoHeight);
    const [width, height] = [video.videoWidth * scale, video.videoHeight * scale];
    const [left, top] = [(video.clientWidth - width) / 2, (video.clientHeight - height) / 2];
    return [...document.querySelectorAll("[data-watermark]")].map((mark) => {
      const box = mark.getBoundingClientRect();
      const style = getComputedStyle(mark);
      return {
        text: mark.textContent,
        left: (box.left - left) / width,
        right: (box.right - left) / width,
        top: (box.top - top) / height,
        bottom: (box.bottom - top) / height,
        size: Number.parseFloat(style.fontSize),
        seen: style.visibility === "visible" && style.pointerEvents === "none",
        hidden: mark.getAttribute("aria-hidden"),
      };
    });
  });

/** What lies over the mark, anywhere in a grid of points. */
const coveredBy = () =>
  open.page
    .locator("[data-watermark]")
    .last()
    .evaluate((mark: HTMLElement) => {
      const { left, top, width, height } = mark.getBoundingClientRect();
      // Otherwise clicks go through it, and so would this look.
      mark.style.pointerEvents = "auto";
      const shares = [0.05, 0.25, 0.5, 0.75, 0.95];
      const seen = shares.flatMap((x) =>
        shares.map((y) => document.elementFromPoint(left + x * width, top + y * height)),
      );
      mark.style.pointerEvents = "";
      return seen.filter((element) => element !== mark).map((element) => element?.outerHTML.slice(0, 80) ?? "nothing");
    });

describe("a watermark in the corner", () => {
  it.each([
    ["the usual window", 1280, 800],
    ["the largest", 1920, 1080],
    ["the smallest, with bars above and below", 640, 480],
    ["one with bars at both sides", 1900, 600],
  ])("is on the picture itself in %s", async (_which, width, height) => {
    await play({ mode: "corner", text: TEXT });
    await open.page.setViewportSize({ width, height });
    await expect.poll(async () => (await marks())[0]?.right).toBeCloseTo(0.975, 2);
    const [mark, ...others] = await marks();
    expect(others).toEqual([]);
    expect(mark).toMatchObject({ text: TEXT, seen: true, hidden: "true" });
    expect(mark?.top).toBeCloseTo(0.025, 2);
    expect(mark?.left).toBeGreaterThan(0);
    expect(mark?.size).toBeGreaterThanOrEqual(14);
    expect(mark?.size).toBeLessThanOrEqual(32);
    await open.page.screenshot({ path: screenshotPath(`watermark-corner-${width}x${height}`) });
  });

  it("stays when the controls fade, in full screen, and over a frozen picture", async () => {
    const { page } = open;
    await play({ mode: "corner", text: TEXT });
    await page.keyboard.press("f");
    await page.waitForFunction(() => document.fullscreenElement !== null);
    await page.keyboard.press("k");
    await page.mouse.move(600, 400);
    await page.locator("[class*=idle]").first().waitFor();
    expect(await marks()).toMatchObject([{ text: TEXT, seen: true }]);
    await page.screenshot({ path: screenshotPath("watermark-full-screen") });
    expect(
      await page.evaluate(() => document.querySelector("video")?.requestPictureInPicture().then(String, String)),
    ).toContain("InvalidStateError");
  });

  it.each([
    ["the queue", "q", "[data-queue]"],
    ["the field for a time", "g", "input"],
  ])("is covered by nothing while %s is open", async (_what, key, opened) => {
    await play({ mode: "corner", text: TEXT });
    expect(await coveredBy()).toEqual([]);
    await open.page.keyboard.press(key);
    await open.page.locator(opened).first().waitFor();
    await untilStill(open);
    expect(await coveredBy()).toEqual([]);
    await open.page.screenshot({ path: screenshotPath(`watermark-beside-${key}`) });
  });

  it("is plain text, whatever a license has", async () => {
    await play({ mode: "corner", text: HOSTILE });
    expect(await marks()).toMatchObject([{ text: HOSTILE }]);
    expect(await open.page.locator("[data-watermark] *").count()).toBe(0);
  });
});

it("that moves is inside the picture at each of its places, and there is one at any time", async () => {
  const { page } = open;
  await page.clock.install();
  await play({ mode: "moving", text: TEXT });
  const seen = new Set<string>();
  for (let step = 0; step < 40; step++) {
    const all = await marks();
    expect(all.length).toBeGreaterThanOrEqual(1);
    expect(all.length).toBeLessThanOrEqual(2);
    for (const { left, right, top, bottom, text } of all) {
      expect(text).toBe(TEXT);
      expect(Math.min(left, top)).toBeGreaterThan(0);
      expect(Math.max(right, bottom)).toBeLessThan(1);
    }
    const last = all.at(-1);
    seen.add(`${last?.left.toFixed(2)} ${last?.top.toFixed(2)}`);
    await page.clock.runFor(40_000);
  }
  expect(seen.size).toBeGreaterThanOrEqual(6);
  await page.screenshot({ path: screenshotPath("watermark-moving") });
});

it("is told to the viewer in words: once in the player, on the page of a title, and with the license", async () => {
  const { page } = open;
  await play({ mode: "moving", text: TEXT });
  await page.locator("[data-watermark-notice]").waitFor();
  await page.locator("[data-watermark-notice]").waitFor({ state: "detached" });
  expect(await findingsOn(page)).toEqual([]);
  await page.keyboard.press("Escape");
  await page.getByRole("grid").waitFor();
  await page.keyboard.press("i");
  await page.getByRole("dialog").getByText("Your customer number is shown on the picture").waitFor();
  await page.getByRole("dialog").getByText("Screen captures are blocked").waitFor();
  await untilStill(open);
  expect(await findingsOn(page)).toEqual([]);
  await page.screenshot({ path: screenshotPath("protection-title-page") });
});

import { beforeEach, describe, expect, it } from "vitest";
import { catalogOf, CATALOG } from "./harness/fake-content.ts";
import { harnessOfSuite } from "./harness/suite.ts";
import { pauseClip, startClip, untilVideo } from "./harness/video-state.ts";

const open = harnessOfSuite();
beforeEach(async () => {
  await open.page.setViewportSize({ width: 1280, height: 800 });
  await open.page.reload();
  await open.page.locator("[data-screen=no-stick]").waitFor();
  await open.runInHarness((harness, screen) => harness.screen(screen), CATALOG);
});

const back = () => open.page.getByRole("button", { name: "Back to the catalog" }).first();
const controlsVisible = (): Promise<boolean> =>
  open.page
    .locator("button[aria-label='Back to the catalog']")
    .evaluate((button) => button.checkVisibility({ visibilityProperty: true }));
const onPicture = (): Promise<boolean> =>
  open.page.evaluate(() => document.activeElement?.getAttribute("data-screen") === "player");
const slider = () => open.page.getByRole("slider", { name: "Position" });

/** Keeps the clip playing from its beginning, so that it does not end meanwhile. */
async function playFromStart(): Promise<void> {
  await startClip(open.page);
  await open.page.locator("video").evaluate((element: HTMLVideoElement) => {
    element.currentTime = 0;
  });
  await untilVideo(open.page, (now) => !now.paused && !now.seeking && now.ready);
}

async function playToEnd(): Promise<void> {
  await startClip(open.page);
  await open.page.locator("video").evaluate((element: HTMLVideoElement) => {
    element.currentTime = element.duration - 0.5;
  });
  await open.page.waitForFunction(() => document.querySelector("video")?.ended === true);
}

describe("the controls", () => {
  it("fade with their tooltip after a key has brought the focus to them, and the picture gets the focus", async () => {
    const { page } = open;
    await playFromStart();
    await page.keyboard.press("Tab");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Tab");
    await page.getByRole("tooltip").waitFor();
    // Longer than without a focus: the reader of a tooltip needs time.
    await new Promise((resolve) => setTimeout(resolve, 3_500));
    expect(await controlsVisible()).toBe(true);
    await expect.poll(controlsVisible, { timeout: 6_000 }).toBe(false);
    expect(await page.getByRole("tooltip").count()).toBe(0);
    expect(await onPicture()).toBe(true);
  });

  it("come back with Tab and with Shift+Tab after they have faded", async () => {
    const { page } = open;
    await playFromStart();
    for (const key of ["Tab", "Shift+Tab"]) {
      await expect.poll(controlsVisible, { timeout: 9_000 }).toBe(false);
      await page.keyboard.press(key);
      expect(await controlsVisible()).toBe(true);
      expect(await page.evaluate(() => document.activeElement?.tagName)).toMatch(/BUTTON|INPUT/);
    }
  });

  it("take the tooltip under a resting pointer with them", async () => {
    const { page } = open;
    await playFromStart();
    await page.getByRole("button", { name: "Forward 10 seconds" }).hover();
    const tooltip = page.getByRole("tooltip");
    await tooltip.waitFor();
    await expect.poll(controlsVisible, { timeout: 6_000 }).toBe(false);
    expect(await tooltip.isVisible()).toBe(false);
  });

  it("fade at once when the pointer leaves the window", async () => {
    const { page } = open;
    await playFromStart();
    await page.mouse.move(600, 300);
    expect(await controlsVisible()).toBe(true);
    await page.evaluate(() => document.documentElement.dispatchEvent(new PointerEvent("pointerleave")));
    await expect.poll(controlsVisible, { timeout: 1_000 }).toBe(false);
  });

  it("stand in one line each at 640 x 480, and leave most of the height to the picture", async () => {
    const { page } = open;
    await startClip(page);
    await pauseClip(page);
    await page.setViewportSize({ width: 640, height: 480 });
    const boxes = await page.locator("[data-screen=player] button").evaluateAll((buttons) =>
      buttons
        .map((one) => one.getBoundingClientRect())
        .filter(({ width }) => width > 0)
        .map(({ top, bottom, left, right }) => ({ top, bottom, left, right })),
    );
    const lower = boxes.filter(({ top }) => top > 240);
    expect(new Set(lower.map(({ top, bottom }) => Math.round((top + bottom) / 2))).size).toBe(1);
    expect(Math.max(...lower.map(({ right }) => right))).toBeLessThanOrEqual(640);
    const top = Math.max(...boxes.filter((box) => box.top < 240).map(({ bottom }) => bottom));
    const seek = await slider().boundingBox();
    expect((seek?.y ?? 0) - top).toBeGreaterThan(300);
  });
});

describe("the label of the seek bar", () => {
  const label = () => open.page.locator("[data-preview]");
  async function point(share: number): Promise<DOMRect> {
    const bar = await slider().boundingBox();
    if (bar === null) throw new Error("no seek bar");
    await open.page.mouse.move(bar.x + bar.width * share, bar.y + bar.height / 2);
    await label().waitFor();
    return label().evaluate((element) => element.getBoundingClientRect().toJSON() as DOMRect);
  }

  it("stays in the window at both edges, and under the pointer between them", async () => {
    await startClip(open.page);
    await pauseClip(open.page);
    expect((await point(0.001)).left).toBeGreaterThanOrEqual(7.5);
    expect((await point(0.999)).right).toBeLessThanOrEqual(1272.5);
    const { left, right } = await point(0.5);
    expect((left + right) / 2).toBeCloseTo(640, -1);
  });

  it("stands above the bar", async () => {
    await startClip(open.page);
    await pauseClip(open.page);
    const box = await point(0.5);
    const bar = await slider().boundingBox();
    expect(box.bottom).toBeLessThanOrEqual(bar?.y ?? 0);
  });
});

describe("the end of a film", () => {
  const ending = () => open.page.getByRole("region", { name: "The video has ended" });

  it("offers the next included title, which Enter plays, and the catalog has the focus on it afterwards", async () => {
    const { page, runInHarness, callInputs } = open;
    const items = catalogOf(4).map((item, index) => ({
      ...item,
      included: index !== 1,
      title: ["The harbour", "The island", "The jetty", "A boat"][index] ?? "",
    }));
    await runInHarness((harness, next) => harness.catalog(next), items);
    await runInHarness((harness, screen) => harness.screen({ ...screen, present: false }), CATALOG);
    await page.getByText("4 videos").waitFor();
    await playToEnd();
    await ending().getByText("The jetty").waitFor();
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("Next video");
    for (const name of ["Next video", "Play again", "Back to the catalog"])
      expect((await ending().getByRole("button", { name }).boundingBox())?.height).toBe(48);
    await page.keyboard.press("Enter");
    await expect.poll(async () => (await callInputs("player.open")).at(-1)).toEqual({ videoId: items[2]?.id });
    await page.getByRole("heading", { name: "The jetty" }).waitFor();
    await ending().waitFor({ state: "detached" });
    await page.keyboard.press("Escape");
    await page.waitForFunction(() => document.activeElement?.getAttribute("title") === "The jetty");
  });

  it("of the last title offers to play it again, and the picture has the focus then", async () => {
    const { page, runInHarness } = open;
    await runInHarness((harness, next) => harness.catalog(next), catalogOf(1));
    await runInHarness((harness, screen) => harness.screen({ ...screen, present: false }), CATALOG);
    await page.getByText("1 video", { exact: true }).waitFor();
    await playToEnd();
    await ending().waitFor();
    expect(await ending().getByRole("button", { name: "Next video" }).count()).toBe(0);
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("Play again");
    await page.keyboard.press("ArrowRight");
    expect(await ending().count()).toBe(1);
    await page.keyboard.press("Enter");
    await untilVideo(page, (now) => !now.paused && now.seconds < 10);
    expect(await ending().count()).toBe(0);
    expect(await onPicture()).toBe(true);
  });

  it("leaves the focus where it is when it is in the controls, and goes back to the catalog", async () => {
    const { page } = open;
    await startClip(page);
    await page.getByRole("button", { name: "Full screen" }).focus();
    await page.locator("video").evaluate((element: HTMLVideoElement) => {
      element.currentTime = element.duration - 0.5;
    });
    await ending().waitFor();
    expect(await page.evaluate(() => document.activeElement?.getAttribute("aria-label"))).toBe("Full screen");
    await ending().getByRole("button", { name: "Back to the catalog" }).click();
    await page.locator("[data-screen=catalog]").waitFor();
    expect(await back().count()).toBe(0);
  });
});

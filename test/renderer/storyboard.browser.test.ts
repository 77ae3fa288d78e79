import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { makeStoryboard } from "../../src-ops/packing/storyboard.ts";
import { planStoryboard } from "../../src-shared/storyboard.ts";
import { screenshotPath } from "../e2e/launch.ts";
import { temporaryFolder } from "../fakes/temporary-folder.ts";
import { runFfmpeg } from "../ops/support/make-film.ts";
import { pictureOf } from "../ops/support/sheet-colors.ts";
import { HARBOUR } from "../ops/support/publisher-fixture.ts";
import { findingsOn } from "./harness/axe.ts";
import { CATALOG } from "./harness/fake-content.ts";
import { untilStill } from "./harness/scenes.ts";
import { harnessOfSuite } from "./harness/suite.ts";
import { pauseClip, startClip } from "./harness/video-state.ts";

const folder = temporaryFolder(afterAll);
const open = harnessOfSuite();
/** Of the clip, which is 30 seconds long. */
const LAYOUT = planStoryboard({ durationSeconds: 30, width: 640, height: 360 })!;
const sheets: Record<string, Uint8Array> = {};

beforeAll(async () => {
  const colors = runFfmpeg(`${pictureOf(["red", 10], ["lime", 10], ["blue", 10])} -g 10`, join(folder, "film.mp4"));
  for (const [name, path] of Object.entries({ colors, harbour: HARBOUR })) {
    const made = await makeStoryboard({ path, videoIndex: 0, layout: LAYOUT }, AbortSignal.timeout(60_000));
    if (!made.ok) throw new Error(made.error);
    sheets[name] = made.value[0] as Uint8Array;
  }
  sheets["cut"] = sheets["colors"]!.subarray(0, sheets["colors"]!.length / 2);
  sheets["text"] = Buffer.from("<html>no picture</html>");
});

beforeEach(async () => {
  await open.page.setViewportSize({ width: 1280, height: 800 });
  await open.page.mouse.move(0, 0);
  await open.page.reload();
  await open.page.locator("[data-screen=no-stick]").waitFor();
});

/** Opens the clip with this storyboard, paused. */
async function play(sheet: string | null, change: Partial<typeof LAYOUT> = {}): Promise<void> {
  const storyboard = sheet === null ? null : { ...LAYOUT, ...change, sheetUrls: [`sheet/${sheet}`] };
  const served = Object.entries(sheets).map(([name, bytes]) => [name, Buffer.from(bytes).toString("base64")] as const);
  await open.app.evaluate((_electron, given) => {
    Object.assign(globalThis, { sheets: Object.fromEntries(given), sheetRequests: [] });
  }, served);
  await open.runInHarness((harness, given) => harness.storyboard(given), storyboard);
  await open.runInHarness((harness, screen) => harness.screen(screen), CATALOG);
  await startClip(open.page);
  await pauseClip(open.page);
}

const slider = () => open.page.getByRole("slider", { name: "Position" });
const preview = () => open.page.locator("[data-preview]");
const picture = () => preview().locator("canvas");
const requests = () =>
  open.app.evaluate(() => (globalThis as unknown as { sheetRequests: string[] }).sheetRequests.slice());

async function barAt(share: number): Promise<{ x: number; y: number }> {
  const bar = await slider().boundingBox();
  if (bar === null) throw new Error("no seek bar");
  return { x: bar.x + bar.width * share, y: bar.y + bar.height / 2 };
}

async function point(share: number): Promise<void> {
  const { x, y } = await barAt(share);
  await open.page.mouse.move(x, y);
  await preview().waitFor();
}

async function shown(): Promise<{ color: number[]; text: string | null }> {
  await preview().locator("canvas:not([data-picture=loading])").waitFor();
  const color = await picture().evaluate((canvas: HTMLCanvasElement) => {
    // A canvas of its own, because Chromium warns of a second look at the same one.
    const copy = new OffscreenCanvas(1, 1).getContext("2d");
    copy?.drawImage(canvas, canvas.width / 2, canvas.height / 2, 1, 1, 0, 0, 1, 1);
    return [...(copy?.getImageData(0, 0, 1, 1).data ?? [])].slice(0, 3).map((value) => (value > 127 ? 1 : 0));
  });
  return { color, text: await preview().textContent() };
}

const RED = [1, 0, 0];
const LIME = [0, 1, 0];
const BLUE = [0, 0, 1];

describe("the preview on the seek bar", () => {
  it("shows the picture of the time under the pointer, and loads its sheet only then, and once", async () => {
    await play("colors");
    expect(await requests()).toEqual([]);
    for (const [share, color, text] of [
      [0.1, RED, /^0:0[23] · Morning$/],
      [0.5, LIME, /^0:15 · Noon$/],
      [0.9, BLUE, /^0:2[67] · Night$/],
      [0.01, RED, /^0:00 · Morning$/],
    ] as const) {
      await point(share);
      await expect.poll(async () => (await shown()).color).toEqual(color);
      expect((await shown()).text).toMatch(text);
    }
    expect(await requests()).toEqual(["colors"]);
    await open.page.mouse.move(640, 200);
    await preview().waitFor({ state: "detached" });
  });

  it("shows the picture at the thumb while it is dragged, also beside the bar, and for the keyboard", async () => {
    await play("colors");
    const { x, y } = await barAt(0.9);
    await point(0.1);
    await open.page.mouse.down();
    await open.page.mouse.move(x, y - 200);
    await expect.poll(async () => (await shown()).color).toEqual(BLUE);
    await open.page.mouse.up();
    await preview().waitFor({ state: "detached" });
    await open.page.locator("[data-screen=player]").focus();
    await open.page.keyboard.press("Tab");
    await open.page.keyboard.press("Tab");
    await expect.poll(async () => (await shown()).color).toEqual(BLUE);
    await open.page.keyboard.press("Home");
    await expect.poll(async () => (await shown()).color).toEqual(RED);
    await open.page.keyboard.press("Tab");
    await preview().waitFor({ state: "detached" });
  });

  it("is of the time to which a click at that place goes, also near the ends of the bar", async () => {
    await play("colors");
    const track = await slider().evaluate((input) => {
      const { x, y, width, height } = input.parentElement!.getBoundingClientRect();
      return { x, y: y + height / 2, width };
    });
    for (const share of [0.02, 0.5, 0.98]) {
      await open.page.mouse.click(track.x + track.width * share, track.y);
      const seconds = () => open.page.locator("video").evaluate((video: HTMLVideoElement) => video.currentTime);
      await expect.poll(async () => Math.abs((await seconds()) - 30 * share)).toBeLessThan(0.05);
    }
  });

  it.each([
    ["is missing on the stick", "gone", {}],
    ["is cut", "cut", {}],
    ["is no picture", "text", {}],
    ["has another size than the catalog says", "colors", { width: 160 }],
    ["has fewer pictures than the catalog says", "colors", { rows: 2 }],
  ])("shows the time alone where the sheet %s", async (_what, sheet, change) => {
    await play(sheet, change);
    await point(0.5);
    await picture().waitFor({ state: "detached" });
    expect(await preview().textContent()).toBe("0:15 · Noon");
    expect((await preview().boundingBox())?.height).toBeLessThan(30);
    await point(0.6);
    expect(await picture().count()).toBe(0);
    expect(await requests()).toEqual([sheet]);
  });

  it("is the label alone where the film has no storyboard, and there is none at the thumb", async () => {
    await play(null);
    await point(0.5);
    expect(await preview().textContent()).toBe("0:15 · Noon");
    expect(await picture().count()).toBe(0);
    await open.page.mouse.move(640, 200);
    await slider().focus();
    await open.page.keyboard.press("ArrowRight");
    expect(await preview().count()).toBe(0);
  });
});

describe("the looks of the preview", () => {
  it.each([
    [1280, 800, 240, 135, "dark", "en"],
    [1280, 800, 240, 135, "light", "fr"],
    [960, 640, 192, 108, "dark", "fr"],
    [960, 640, 192, 108, "light", "en"],
    [1920, 1080, 320, 180, "dark", "en"],
  ] as const)("at %d x %d: %d x %d, %s, %s", async (width, height, pictured, tall, appearance, language) => {
    const before = open.problems.length;
    await open.page.setViewportSize({ width, height });
    await open.runInHarness((harness, settings) => harness.settings(settings), { appearance, language: "en" } as const);
    await play("harbour");
    await open.runInHarness((harness, settings) => harness.settings(settings), { language } as const);
    const bar = await open.page.getByRole("slider").first().boundingBox();
    for (const share of [0.001, 0.62, 0.999]) {
      const x = (bar?.x ?? 0) + (bar?.width ?? 0) * share;
      await open.page.mouse.move(x, (bar?.y ?? 0) + (bar?.height ?? 0) / 2);
      await shown();
      const box = (await preview().boundingBox())!;
      const canvas = (await picture().boundingBox())!;
      expect(Math.round(canvas.width)).toBe(pictured - 2);
      expect(Math.abs(canvas.height - tall)).toBeLessThan(3);
      expect(box.x).toBeGreaterThanOrEqual(7.5);
      expect(box.x + box.width).toBeLessThanOrEqual(width - 7.5);
      expect((bar?.y ?? 0) - (box.y + box.height)).toBeGreaterThanOrEqual(8);
    }
    await open.page.keyboard.press("c");
    const x = (bar?.x ?? 0) + (bar?.width ?? 0) * 0.62;
    await open.page.mouse.move(x, (bar?.y ?? 0) + (bar?.height ?? 0) / 2);
    await untilStill(open);
    await open.page.screenshot({ path: screenshotPath(`storyboard-${width}-${appearance}-${language}`) });
    expect(await findingsOn(open.page)).toEqual([]);
    expect(open.problems.slice(before)).toEqual([]);
  });
});

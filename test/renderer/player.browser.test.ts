import { beforeEach, describe, expect, it } from "vitest";
import { CATALOG, videoId } from "./harness/fake-content.ts";
import { harnessOfSuite } from "./harness/suite.ts";
import { pauseClip, startClip, untilSeeked, untilVideo, type Video, videoState } from "./harness/video-state.ts";

const ID = videoId(0);

const open = harnessOfSuite();
beforeEach(async () => {
  await stick("in");
  await open.page.reload();
  await open.page.locator("[data-screen=no-stick]").waitFor();
  await open.runInHarness((harness, screen) => harness.screen(screen), CATALOG);
});

/** Pulls the stick, or puts it back: while it is out, the media address answers 404. */
async function stick(where: "in" | "out"): Promise<void> {
  await open.app.evaluate((_electron, out) => Object.assign(globalThis, { stickPulled: out }), where === "out");
}

const video = () => videoState(open.page);
const until = (holds: (now: Video) => boolean) => untilVideo(open.page, holds);
const play = () => startClip(open.page);
const pause = () => pauseClip(open.page);
const untilSeekedTo = (seconds: number) => untilSeeked(open.page, seconds);

describe("playing", () => {
  it("resumes where watching stopped", async () => {
    await play();
    expect((await video()).seconds).toBeLessThan(16);
  });

  it("handles the keyboard wherever the focus is", async () => {
    const { page } = open;
    await play();
    await pause();
    const before = await video();
    await page.getByRole("button", { name: "Full screen" }).focus();
    await page.keyboard.press("ArrowRight");
    const ahead = await untilSeekedTo(before.seconds + 5);
    await page.keyboard.press("j");
    await untilSeekedTo(ahead.seconds - 10);
    await page.keyboard.press(">");
    await page.keyboard.press(">");
    await page.keyboard.press("<");
    expect((await video()).rate).toBe(1.25);
    await page.getByText("Speed 1.25×").waitFor();
    await page.keyboard.press("m");
    expect((await video()).muted).toBe(false);
    await page.keyboard.press("ArrowDown");
    expect((await video()).volume).toBeCloseTo(0.75);
    await page.keyboard.press("c");
    await page.getByText("Subtitles: English").waitFor();
  });

  it("plays and pauses with Space also after a button was pressed with the mouse", async () => {
    const { page } = open;
    await play();
    await page.getByRole("button", { name: "Unmute" }).click();
    expect((await video()).muted).toBe(false);
    await page.keyboard.press(" ");
    await until((now) => now.paused);
    expect((await video()).muted).toBe(false);
  });

  it("follows a dragged position slider, and continues to play from there", async () => {
    const { page } = open;
    await play();
    const box = await page.getByRole("slider", { name: "Position" }).boundingBox();
    if (box === null) throw new Error("the slider has no place");
    await page.mouse.move(box.x + box.width * 0.2, box.y + box.height / 2);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.5, box.y + box.height / 2, { steps: 5 });
    await page.mouse.up();
    await until((now) => !now.seeking && now.seconds >= 14.5 && now.seconds < 20 && !now.paused);
    expect(await page.getByRole("slider", { name: "Position" }).getAttribute("aria-valuetext")).toMatch(
      /^0:1\d of 0:30$/,
    );
  });

  it("fills the screen, and Escape leaves full screen before it leaves the video", async () => {
    const { page } = open;
    await play();
    await page.keyboard.press("f");
    await page.getByRole("button", { name: "Leave full screen" }).waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Full screen", exact: true }).waitFor();
    expect(await page.evaluate(() => document.fullscreenElement)).toBeNull();
    await page.keyboard.press("Escape");
    await page.locator("[data-screen=catalog]").waitFor();
  });

  it("saves the volume for the next time", async () => {
    await play();
    await open.page.keyboard.press("ArrowUp");
    await open.page.keyboard.press("Escape");
    await open.page.getByRole("grid").waitFor();
    expect(await open.callInputs("viewing.change")).toEqual([{ volume: 0.05, muted: false }]);
    await play();
    expect(await video()).toMatchObject({ volume: 0.05, muted: false });
  });

  it("tells the media panel of the system the title, unless the publisher hides it", async () => {
    const { page, runInHarness } = open;
    const panel = () => page.evaluate(() => navigator.mediaSession.metadata?.title ?? null);
    await play();
    expect(await panel()).toBe("The harbour");
    await page.keyboard.press("Escape");
    await page.getByRole("grid").waitFor();
    expect(await panel()).toBeNull();
    await runInHarness((harness) => harness.hideTitles());
    await play();
    expect(await panel()).toBe("USB Video Vault");
  });

  it("shows chapters and jumps to one", async () => {
    const { page } = open;
    await play();
    await pause();
    await page.getByRole("button", { name: "Chapters" }).click();
    expect(await page.getByRole("menuitemradio", { checked: true }).textContent()).toContain("Noon");
    await page.getByRole("menuitemradio", { name: /Night/ }).click();
    await until((now) => now.seconds === 20);
  });

  it("reports the position at a pause, after a seek, and last when the player is closed", async () => {
    const { page, callInputs } = open;
    await play();
    await pause();
    const paused = await video();
    await expect
      .poll(async () => (await callInputs("player.progress")).at(-1))
      .toEqual({ videoId: ID, positionSeconds: paused.seconds });
    await page.keyboard.press("ArrowRight");
    const seeked = await untilSeekedTo(paused.seconds + 5);
    await page.keyboard.press("Escape");
    await page.getByRole("grid").waitFor();
    const calls = await page.evaluate(() =>
      (window as unknown as { harness: { calls: { name: string; input: unknown }[] } }).harness.calls.slice(-3),
    );
    expect(calls).toEqual([
      { name: "player.progress", input: { videoId: ID, positionSeconds: seeked.seconds } },
      { name: "player.close", input: undefined },
      { name: "catalog.list", input: undefined },
    ]);
  });
});

describe("a pulled stick", () => {
  async function pull(): Promise<void> {
    await stick("out");
    await open.runInHarness((harness, id) => harness.emit("player.fault", { videoId: id, code: "REMOVED" }), ID);
    await open.page.getByText("The stick was unplugged.").waitFor();
  }
  async function plugIn(): Promise<void> {
    await stick("in");
    await open.runInHarness((harness, id) => harness.emit("player.restored", { videoId: id }), ID);
    await open.page.locator("[data-code=REMOVED]").waitFor({ state: "detached" });
  }
  /** Whether the canvas that replaces the video is visible and not empty. */
  function frozen(): Promise<boolean> {
    return open.page.evaluate(() => {
      const canvas = document.querySelector("canvas");
      if (canvas === null || !canvas.checkVisibility({ visibilityProperty: true })) return false;
      const pixels = canvas.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
      return pixels.some((value, index) => index % 4 !== 3 && value > 100);
    });
  }

  it("freezes the frame and continues by itself at the same position", async () => {
    await play();
    await open.page.keyboard.press("c");
    await open.page.keyboard.press(">");
    await pull();
    const stopped = await video();
    expect(stopped.paused).toBe(true);
    expect(await frozen()).toBe(true);

    await plugIn();
    await until((now) => !now.paused && now.ready);
    const again = await video();
    expect(again.src).not.toBe(stopped.src);
    expect(again.seconds).toBeGreaterThanOrEqual(stopped.seconds - 0.05);
    expect(again.seconds).toBeLessThan(stopped.seconds + 4);
    expect(again.rate).toBe(1.25);
    await until((now) => now.cues.length > 0);
    expect((await video()).cues).toHaveLength(1);
    expect(await frozen()).toBe(false);
  });

  it("does not start what was paused", async () => {
    await play();
    await pause();
    const paused = await video();
    await pull();
    await plugIn();
    await until((now) => now.ready && !now.seeking);
    expect(await video()).toMatchObject({ paused: true, seconds: paused.seconds });
  });

  it("keeps a video waiting that was opened while the stick is out, and opens it when the stick is back", async () => {
    const { page, runInHarness } = open;
    await runInHarness((harness, screen) => harness.screen({ ...screen, present: false }), CATALOG);
    await runInHarness((harness) => harness.refuse("player.open", "REMOVED"));
    await page
      .getByRole("gridcell", { name: /^The harbour 30/ })
      .locator("[data-card]")
      .click();
    await page.getByRole("heading", { name: "The stick was unplugged" }).waitFor();
    await runInHarness((harness) => harness.refuse("player.open", null));
    await runInHarness((harness, screen) => harness.screen(screen), CATALOG);
    await until((now) => !now.paused);
  });
});

describe("an interrupted video", () => {
  it("shows at once that it is damaged, with a button back to the catalog", async () => {
    const { page, runInHarness } = open;
    await play();
    await runInHarness((harness, id) => harness.emit("player.fault", { videoId: id, code: "DAMAGED" }), ID);
    await page.getByText("This video is damaged on the stick.").waitFor();
    expect((await video()).paused).toBe(true);
    await page.locator("[data-code=DAMAGED]").getByRole("button", { name: "Back to the catalog" }).click();
    await page.locator("[data-screen=catalog]").waitFor();
  });

  it("can be tried again when the stick could not be read", async () => {
    const { page, runInHarness } = open;
    await play();
    await runInHarness((harness, id) => harness.emit("player.fault", { videoId: id, code: "UNREADABLE" }), ID);
    await page.getByRole("button", { name: "Try again" }).click();
    await until((now) => !now.paused);
    expect(await page.locator("[data-code]").count()).toBe(0);
  });

  it("goes on by itself, at the same place, when the decoder fails once", async () => {
    const rubbish = (opening: number) =>
      open.app.evaluate((_electron, given) => Object.assign(globalThis, { rubbishOpening: given }), opening);
    await rubbish(1);
    await play();
    await until((now) => !now.paused && now.ready && now.seconds > 14);
    expect(await open.page.locator("[data-code]").count()).toBe(0);
    expect((await open.callInputs("player.open")).length).toBe(2);
    await rubbish(0);
  });

  it("can be watched from the beginning", async () => {
    const { page, runInHarness } = open;
    await play();
    await runInHarness((harness, id) => harness.emit("player.fault", { videoId: id, code: "DAMAGED" }), ID);
    await page.keyboard.press("Tab");
    await page.getByRole("button", { name: "From the beginning" }).press("Enter");
    await until((now) => !now.paused && now.seconds < 5);
    expect(await page.locator("[data-code]").count()).toBe(0);
  });

  it("ignores a fault of another video", async () => {
    await play();
    await open.runInHarness(
      (harness, id) => harness.emit("player.fault", { videoId: id, code: "DAMAGED" }),
      videoId(7),
    );
    expect(await open.page.locator("[data-code]").count()).toBe(0);
    expect((await video()).paused).toBe(false);
  });

  it("explains why a video does not open", async () => {
    await open.runInHarness((harness) => harness.refuse("player.open", "PLAY_WINDOW"));
    await open.page
      .getByRole("gridcell", { name: /^The harbour 30/ })
      .locator("[data-card]")
      .click();
    await open.page.getByRole("heading", { name: "The viewing period of this video has ended" }).waitFor();
    await open.page.keyboard.press("Escape");
    await open.page.locator("[data-screen=catalog]").waitFor();
  });
});

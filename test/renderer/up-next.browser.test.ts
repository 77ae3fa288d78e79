import { beforeEach, describe, expect, it } from "vitest";
import { COURSE } from "./harness/fake-content.ts";
import { harnessOfSuite } from "./harness/suite.ts";
import { playLesson, playToEnd } from "./harness/player-scenes.ts";
import { untilVideo } from "./harness/video-state.ts";

const open = harnessOfSuite();
beforeEach(async () => {
  await open.page.reload();
  await open.page.locator("[data-screen=no-stick]").waitFor();
});

const [first, second] = COURSE.items.map(({ title }) => title) as [string, string];
const card = () => open.page.getByRole("region", { name: "Up next" });
const heading = (title: string) => open.page.getByRole("heading", { name: title });
const ending = () => open.page.getByRole("region", { name: "The video has ended" });
const onPicture = () => open.page.evaluate(() => document.activeElement?.getAttribute("data-screen") === "player");

describe("the next lesson of a section", () => {
  it("is announced without taking the focus, and begins by itself after ten seconds", async () => {
    const { page } = open;
    await playLesson(open);
    await page.getByText("1. Les nœuds · lesson 1 of 8").waitFor();
    await playToEnd(open);
    const ended = Date.now();
    await card()
      .getByText(/^Up next in (10|9) s$/)
      .waitFor();
    await card().getByText(second).waitFor();
    expect(await onPicture()).toBe(true);
    expect(
      await page
        .getByRole("status")
        .filter({ hasText: `Up next: ${second}` })
        .count(),
    ).toBe(1);
    await heading(second).waitFor();
    expect(Date.now() - ended).toBeGreaterThan(8_500);
    await untilVideo(page, (now) => !now.paused && now.ready);
    expect(await card().count()).toBe(0);
    await page.keyboard.press("p");
    await heading(first).waitFor();
  });

  it("does not begin when Escape has stopped it; N plays it then, and the player was not left", async () => {
    const { page } = open;
    await playLesson(open);
    await playToEnd(open);
    await card().waitFor();
    await page.keyboard.press("Escape");
    await card().waitFor({ state: "detached" });
    await ending().waitFor();
    // Four ticks of the countdown.
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect(await card().count()).toBe(0);
    expect(await heading(first).count()).toBe(1);
    await page.keyboard.press("n");
    await heading(second).waitFor();
  });

  it("begins at once with a button of the card, and is hidden behind the label of the seek bar", async () => {
    const { page } = open;
    await playLesson(open);
    await playToEnd(open);
    await card().waitFor();
    await page.getByRole("slider", { name: "Position" }).hover();
    await page.locator("[data-preview]").waitFor();
    expect(await card().isVisible()).toBe(false);
    await page.mouse.move(300, 200);
    await card().getByRole("button", { name: "Play now" }).click();
    await heading(second).waitFor();
  });

  it("is only offered when the viewer has switched that off", async () => {
    await open.runInHarness((harness) => harness.settings({ autoplay: false }));
    await playLesson(open);
    await playToEnd(open);
    await ending().getByText(second).waitFor();
    expect(await card().count()).toBe(0);
  });
});

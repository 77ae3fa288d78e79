import { beforeEach, describe, expect, it } from "vitest";
import { closeTitlePage } from "../e2e/viewer.ts";
import type { ViewingChange } from "../../src-shared/viewing.ts";
import { COURSE, videoId } from "./harness/fake-content.ts";
import { harnessOfSuite } from "./harness/suite.ts";
import { playLesson } from "./harness/player-scenes.ts";
import { showCourse } from "./harness/scene-steps.ts";
import { untilVideo } from "./harness/video-state.ts";

const open = harnessOfSuite();
beforeEach(async () => {
  await open.page.reload();
  await open.page.locator("[data-screen=no-stick]").waitFor();
});

const title = (index: number) => COURSE.items[index]?.title ?? "";
const GONE = "gone".padEnd(26, "a");
const keep = (before: ViewingChange) => open.runInHarness((harness, given) => harness.viewing(given), before);
/** What was kept last. */
async function kept<K extends keyof ViewingChange>(member: K): Promise<ViewingChange[K] | undefined> {
  const changes = (await open.callInputs("viewing.change")) as ViewingChange[];
  return changes.findLast((change) => change[member] !== undefined)?.[member];
}
const drawer = () => open.page.getByRole("region", { name: "Queue" });
const rows = (list: string) => open.page.getByRole("list", { name: list }).locator("[data-row]");
const said = (text: string) =>
  open.page.getByRole("status").filter({ hasText: text }).first().waitFor({ state: "attached" });
const focused = () => open.page.evaluate(() => document.activeElement?.textContent);
async function press(...keys: string[]): Promise<void> {
  for (const key of keys) await open.page.keyboard.press(key);
}

describe("the queue", () => {
  it("is filled with Q in the catalog, and played before the next lesson, which comes then", async () => {
    const { page } = open;
    await showCourse(open);
    await press("/", "ArrowDown", "ArrowRight", "ArrowRight", "q");
    await said(`Queued: ${title(2)}`);
    await press("q");
    await said(`Removed: ${title(2)}`);
    await press("q");
    expect(await kept("queue")).toEqual([videoId(2)]);
    await press("Home", "Enter");
    await page.getByRole("heading", { name: title(0) }).waitFor();
    await press("n");
    await page.getByRole("heading", { name: title(2) }).waitFor();
    await expect.poll(() => kept("queue")).toEqual([]);
    await press("n");
    await page.getByRole("heading", { name: title(1) }).waitFor();
  });

  it("is put in order and emptied with the keyboard, with a way back, while the film goes on", async () => {
    const { page } = open;
    await keep({ queue: [videoId(3), videoId(1), GONE, videoId(7)] });
    await playLesson(open);
    await press("q");
    await drawer().waitFor();
    expect(await rows("Queue").allTextContents()).toEqual([
      expect.stringContaining(title(3)),
      expect.stringContaining(title(1)),
      "No longer on the stick",
      expect.stringContaining(title(7)),
    ]);
    expect(await focused()).toContain(title(3));
    await press("ArrowDown", "Alt+ArrowUp");
    await said(`${title(1)}, now 1 of 4`);
    expect(await focused()).toContain(title(1));
    expect(await kept("queue")).toEqual([videoId(1), videoId(3), GONE, videoId(7)]);
    await press("ArrowDown", "ArrowDown", "Delete");
    expect(await kept("queue")).toEqual([videoId(1), videoId(3), videoId(7)]);
    expect(await focused()).toContain(title(7));
    await page.getByRole("button", { name: "Undo" }).click();
    await expect.poll(() => kept("queue")).toEqual([videoId(1), videoId(3), GONE, videoId(7)]);
    await untilVideo(page, (now) => !now.paused);
    await press("Escape");
    await drawer().waitFor({ state: "detached" });
    expect(await page.getByRole("heading", { name: title(0) }).count()).toBe(1);
  });

  it("is put in order with the mouse, and shows what follows it", async () => {
    const { page } = open;
    await keep({ queue: [videoId(3), videoId(1), videoId(7)] });
    await playLesson(open);
    await page.getByRole("button", { name: "Queue, 3" }).click();
    await drawer().waitFor();
    await drawer().locator("[data-grip]").first().dragTo(rows("Queue").nth(2));
    await expect.poll(() => kept("queue")).toEqual([videoId(1), videoId(7), videoId(3)]);
    await drawer().getByRole("button", { name: "Clear" }).click();
    expect(await kept("queue")).toEqual([]);
    await drawer().getByRole("button", { name: "Undo" }).click();
    await expect.poll(() => kept("queue")).toEqual([videoId(1), videoId(7), videoId(3)]);
    await drawer()
      .getByRole("button", { name: new RegExp(title(5)) })
      .click();
    await page.getByRole("heading", { name: title(5) }).waitFor();
  });

  it("repeats this video without leaving it, and says so", async () => {
    const { page } = open;
    await playLesson(open);
    await press("r", "r");
    await said("Repeat: This video");
    expect(await kept("repeat")).toBe("one");
    await page.locator("video").evaluate((element: HTMLVideoElement) => {
      element.currentTime = element.duration - 0.3;
    });
    await untilVideo(page, (now) => now.seconds > 25);
    await untilVideo(page, (now) => !now.paused && now.seconds < 5);
    expect(await page.locator("[data-up-next]").count()).toBe(0);
  });
});

describe("a playlist", () => {
  async function openLists(): Promise<void> {
    await showCourse(open);
    await open.page.getByRole("button", { name: "More" }).click();
    await open.page.getByRole("menuitem", { name: "My lists" }).click();
    await open.page.locator("[data-screen=lists]").waitFor();
  }

  it("is made, filled, put in order and played by keyboard alone", async () => {
    const { page } = open;
    await showCourse(open);
    for (const [steps, isFirst] of [
      [["ArrowRight"], true],
      [["ArrowRight"], false],
    ] as const) {
      if (isFirst) await press("/", "ArrowDown");
      await press(...steps, "i");
      await page.getByRole("dialog").waitFor();
      await page.getByRole("button", { name: "Add to a list" }).focus();
      await press("Enter");
      await page.getByRole("menu").waitFor();
      await press("Enter");
      if (isFirst) {
        await page.getByRole("dialog", { name: "New list" }).waitFor();
        await page.keyboard.type("  The   evening ");
        await press("Enter");
        await page.getByRole("dialog", { name: "New list" }).waitFor({ state: "detached" });
      }
      await closeTitlePage(page);
    }
    expect(await kept("playlists")).toEqual([{ id: 1, name: "The evening", videoIds: [videoId(1), videoId(2)] }]);
    await page.getByRole("button", { name: "More" }).focus();
    await press("Enter");
    await page.getByRole("menuitem", { name: "My lists" }).press("Enter");
    await rows("The evening").first().focus();
    await press("Alt+ArrowDown", "Home", "Enter");
    await page.getByRole("heading", { name: title(2) }).waitFor();
    await press("n");
    await page.getByRole("heading", { name: title(1) }).waitFor();
    await press("n");
    await page.getByText("Nothing comes after this video").waitFor();
    await press("Escape");
    await page.locator("[data-screen=lists]").waitFor();
    await press("Escape");
    await page.locator("[data-screen=catalog]").waitFor();
  });

  it("keeps what is gone from the stick, which cannot be played, and can be renamed and deleted, with a way back", async () => {
    const { page } = open;
    await keep({ playlists: [{ id: 4, name: "Old", videoIds: [GONE, videoId(2)] }] });
    await openLists();
    expect(await rows("Old").first().textContent()).toBe("No longer on the stick");
    await rows("Old").first().click({ force: true });
    expect(await page.locator("[data-screen=lists]").count()).toBe(1);
    await page.getByRole("button", { name: "Rename" }).click();
    await page.getByRole("textbox", { name: "Name" }).fill("Older");
    await press("Enter");
    await page.getByRole("heading", { name: "Older" }).waitFor();
    await page.getByRole("button", { name: "Delete" }).click();
    await page.getByText("You have no lists yet.").waitFor();
    expect(await kept("playlists")).toEqual([]);
    await page.getByRole("button", { name: "Undo" }).click();
    await page.getByRole("button", { name: "Play", exact: true }).click();
    await page.getByRole("heading", { name: title(2) }).waitFor();
  });

  it("says when it cannot be written", async () => {
    const { page, runInHarness } = open;
    await runInHarness((harness) => harness.refuse("viewing.change", "NOT_WRITTEN"));
    await openLists();
    await page.getByRole("button", { name: "New list…" }).click();
    await page.keyboard.type("Soon");
    await press("Enter");
    await page.locator("[data-code=NOT_WRITTEN]").waitFor();
    await page.getByRole("heading", { name: "Soon" }).waitFor();
  });
});

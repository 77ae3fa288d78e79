import { beforeEach, describe, expect, it } from "vitest";
import type { CatalogItem } from "../../src-shared/ipc/index.ts";
import { after, catalogOf, CATALOG, COURSE } from "./harness/fake-content.ts";
import { harnessOfSuite } from "./harness/suite.ts";

const { sections: SECTIONS } = COURSE;

const open = harnessOfSuite();
beforeEach(async () => {
  await open.page.setViewportSize({ width: 1280, height: 800 });
  await open.page.reload();
  await open.page.locator("[data-screen=no-stick]").waitFor();
});

/** Lessons that nobody has begun, eight to a section; `change` gives some of them another state. */
function lessons(sections: number, change: Readonly<Record<number, Partial<CatalogItem>>> = {}): CatalogItem[] {
  return catalogOf(sections * 8).map((item, index) => ({
    ...item,
    title: `0${(index % 8) + 1} - ${item.title}`,
    description: index === 1 ? "Deux façons de le faire.\nEt une de le défaire." : "",
    section: Math.floor(index / 8),
    durationSeconds: 720,
    included: true,
    positionSeconds: 0,
    watched: 0,
    finished: false,
    ...change[index],
  }));
}

async function show(items: readonly CatalogItem[], sections = SECTIONS): Promise<void> {
  await open.runInHarness((harness, next) => harness.catalog(next.items, next.sections), { items, sections });
  await open.runInHarness((harness, next) => harness.screen(next), CATALOG);
  await open.page.getByRole("grid").waitFor();
}

const focused = (): Promise<string | null> =>
  open.page.evaluate(() => document.activeElement?.closest("[data-card]")?.getAttribute("title") ?? null);

const headings = () => open.page.locator("[data-section]").allTextContents();

const FINISHED = { finished: true, watched: after(3) };

describe("a course", () => {
  it("shows its sections with their progress, and the next lesson of those that were begun", async () => {
    const { page } = open;
    await show(lessons(3, { 0: FINISHED, 9: { positionSeconds: 540, watched: after(5) } }));
    await page.setViewportSize({ width: 1280, height: 1600 });
    await expect
      .poll(headings)
      .toEqual([
        "1. Les nœuds1 of 8 · 1 hr 24 min leftHuit nœuds que l’on fait les yeux fermés. Un par leçon.",
        "2. Les voiles0 of 8 · 1 hr 27 min left",
        "3. Le temps qu’il fait0 of 8 · 1 hr 36 min left",
      ]);
    const row = page.getByRole("list").getByRole("button", { name: /lesson/ });
    expect(await row.evaluateAll((cards) => cards.map((card) => card.getAttribute("title")))).toEqual([
      expect.stringMatching(/^02 - .* /),
      expect.stringMatching(/^02 - /),
    ]);
    expect(await row.first().innerText()).toContain("lesson 2 of 8");
  });

  it("is walked through with the keys: past the headings, and never under one that stays", async () => {
    const { page } = open;
    await show(lessons(3));
    await page.keyboard.press("/");
    await page.keyboard.press("ArrowDown");
    for (const key of ["ArrowDown", "ArrowDown", "ArrowDown", "ArrowUp", "ArrowDown"]) {
      await page.keyboard.press(key);
      const hidden = await page.evaluate(() => {
        const card = document.activeElement?.getBoundingClientRect();
        const at = card && document.elementFromPoint(card.left + card.width / 2, card.top + 2);
        return at?.closest("[data-card]") === document.activeElement ? null : (at?.outerHTML.slice(0, 90) ?? "nothing");
      });
      expect(hidden).toBeNull();
    }
    expect(await focused()).toMatch(/^05 - /);
    await page.keyboard.press("End");
    expect(await focused()).toMatch(/^08 - /);
    await page.keyboard.press("Home");
    expect(await focused()).toMatch(/^01 - /);
  });

  it("keeps the heading of the section in sight while its lessons are", async () => {
    const { page } = open;
    await show(
      lessons(3).flatMap((item) => [0, 1, 2].map((copy) => ({ ...item, id: item.id.slice(0, 25) + "xyz"[copy] }))),
    );
    await page.locator("[data-screen=catalog]").evaluate((screen) => {
      screen.scrollTop = 900;
    });
    const bottom = await page.getByRole("banner").evaluate((bar) => bar.getBoundingClientRect().bottom);
    const heading = page.locator("[data-section]").first();
    await expect.poll(async () => Math.round((await heading.boundingBox())?.y ?? -1)).toBe(Math.round(bottom));
  });

  it("has a mark that is set by hand, and counts it", async () => {
    const { page, callInputs } = open;
    const items = lessons(3);
    await show(items);
    await page.keyboard.press("/");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("w");
    await expect.poll(async () => (await headings())[0]).toContain("1 of 8");
    await page.getByText(`${items[0]!.title}: marked as watched`).waitFor();
    expect(await focused()).toBe(items[0]!.title);
    await page.keyboard.press("w");
    await expect.poll(async () => (await headings())[0]).toContain("0 of 8");
    expect(await callInputs("catalog.mark")).toEqual([
      { videoId: items[0]!.id, finished: true },
      { videoId: items[0]!.id, finished: false },
    ]);
  });

  it("goes on with another lesson when the one that was next is marked", async () => {
    const { page } = open;
    await show(lessons(3, { 0: FINISHED }));
    const next = page.getByRole("list").locator("[data-card]");
    await expect
      .poll(() => next.evaluateAll((cards) => cards.map((card) => card.getAttribute("title"))))
      .toHaveLength(1);
    expect(await next.getAttribute("title")).toMatch(/^02 - /);
    await next.focus();
    await page.keyboard.press("w");
    await expect.poll(() => next.getAttribute("title")).toMatch(/^03 - /);
    expect(await focused()).toMatch(/^03 - /);
  });

  it("shows what the publisher says about a lesson, and plays it from there", async () => {
    const { page, callInputs } = open;
    const items = lessons(3, { 1: { positionSeconds: 422, watched: after(1) } });
    await show(items);
    await page.keyboard.press("/");
    for (const key of ["ArrowDown", "ArrowRight", "i"]) await page.keyboard.press(key);
    const dialog = page.getByRole("dialog", { name: items[1]!.title });
    await dialog.getByText("Deux façons de le faire.").waitFor();
    await dialog.getByText("1. Les nœuds · lesson 2 of 8").waitFor();
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
    await expect.poll(focused).toBe(items[1]!.title);
    await page.keyboard.press("i");
    await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toBe("Resume at 7:02");
    await page.keyboard.press("Enter");
    await page.locator("[data-screen=player]").waitFor();
    expect(await callInputs("player.open")).toEqual([{ videoId: items[1]!.id }]);
  });

  it("opens the same with the mouse, through the button on the card", async () => {
    const { page } = open;
    const items = lessons(3);
    await show(items);
    const cell = page.getByRole("gridcell").nth(2);
    await cell.hover();
    await cell.getByRole("button", { name: "Details" }).click();
    await page.getByRole("dialog", { name: items[2]!.title }).getByRole("button", { name: "Mark as watched" }).click();
    await expect.poll(async () => (await headings())[0]).toContain("1 of 8");
  });

  it("is filtered, and says when nothing is left", async () => {
    const { page } = open;
    await show(lessons(3, { 0: FINISHED, 9: { positionSeconds: 540, watched: after(5) } }));
    const pick = async (name: string) => {
      await page.getByRole("button", { name: /Show/ }).click();
      await page.getByRole("option", { name, exact: true }).click();
    };
    await pick("Begun");
    await page.getByText("1 video", { exact: true }).waitFor();
    expect(await headings()).toEqual([expect.stringMatching(/^2\. Les voiles0 of 8/)]);
    await pick("Finished");
    expect(await headings()).toEqual([expect.stringMatching(/^1\. Les nœuds1 of 8/)]);
    await page.getByRole("searchbox").fill("voiles");
    await page.getByText("Nothing here contains “voiles”.").waitFor();
    await page.getByRole("searchbox").fill("");
    await pick("All");
    await page.getByRole("searchbox").fill("defaire");
    await page.getByText("1 video", { exact: true }).waitFor();
  });
});

describe("a course of 10,000 titles in 1,250 sections", () => {
  it("renders a few of them, wherever it is scrolled to", async () => {
    const { page } = open;
    const sections = Array.from({ length: 1250 }, (_, place) => ({ title: `Section ${place + 1}`, description: "" }));
    await show(lessons(1250), sections);
    const scroller = page.locator("[data-screen=catalog]");
    for (const share of [0.31, 0.77, 1]) {
      await scroller.evaluate((screen, part) => {
        screen.scrollTop = (screen.scrollHeight - screen.clientHeight) * part;
      }, share);
      const middle = () =>
        page.evaluate(
          () => document.elementFromPoint(innerWidth / 2 - 60, innerHeight / 2)?.closest("[role=row]") !== null,
        );
      await expect.poll(middle).toBe(true);
      expect(await page.getByRole("gridcell").count()).toBeLessThan(100);
      expect(await page.locator("[data-section]").count()).toBeLessThan(12);
    }
    await page.keyboard.press("/");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("End");
    await expect.poll(focused).toMatch(/^08 - /);
  });
});

import { beforeEach, describe, expect, it } from "vitest";
import type { CatalogItem } from "../../src-shared/ipc/index.ts";
import { after, catalogOf, CATALOG } from "./harness/fake-content.ts";
import { harnessOfSuite } from "./harness/suite.ts";

const open = harnessOfSuite();
beforeEach(async () => {
  await resize(1280, 800);
  await open.page.reload();
  await open.page.locator("[data-screen=no-stick]").waitFor();
});

async function resize(width: number, height: number): Promise<void> {
  await open.page.setViewportSize({ width, height });
}

async function show(items: readonly CatalogItem[], screen: typeof CATALOG = CATALOG): Promise<void> {
  await open.runInHarness((harness, next) => harness.catalog(next), items);
  await open.runInHarness((harness, next) => harness.screen(next), screen);
  await open.page.getByRole("grid").waitFor();
}

/** Titles that nobody has begun, all included. */
function fresh(count: number, change: Partial<CatalogItem> = {}): CatalogItem[] {
  return catalogOf(count).map((item) => ({
    ...item,
    included: true,
    positionSeconds: 0,
    watched: 0,
    finished: false,
    ...change,
  }));
}

async function columnsIn(width: number, height: number): Promise<number> {
  await resize(width, height);
  const tops = () =>
    open.page
      .getByRole("row")
      .first()
      .getByRole("gridcell")
      .evaluateAll((cells) => cells.length);
  await open.page.waitForFunction((px) => innerWidth === px, width);
  await open.page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
  return tops();
}

describe("the focused card", () => {
  const focused = (): Promise<string | null> =>
    open.page.evaluate(() => document.activeElement?.closest("button")?.getAttribute("title") ?? null);

  it.each([
    ["wider", 960, 1920],
    ["narrower", 1920, 640],
  ])("is the same title after the window became %s, and Enter plays it", async (_way, from, to) => {
    const { page, callInputs } = open;
    await resize(from, 800);
    const items = fresh(60);
    await show(items);
    await page.keyboard.press("/");
    for (const key of ["ArrowDown", "ArrowDown", "ArrowDown", "ArrowRight"]) await page.keyboard.press(key);
    const title = await focused();
    expect(title).not.toBeNull();
    await columnsIn(to, 800);
    expect(await focused()).toBe(title);
    const view = await page.evaluate(() => document.activeElement?.getBoundingClientRect().toJSON() as DOMRect);
    expect(view.top).toBeGreaterThanOrEqual(0);
    expect(view.top).toBeLessThan(800);
    await page.keyboard.press("Enter");
    await page.locator("[data-screen=player]").waitFor();
    const [opened] = (await callInputs("player.open")) as { videoId: string }[];
    expect(items.find(({ id }) => id === opened?.videoId)?.title).toBe(title);
  });

  it("is the same title when the catalog is read again with other titles before it", async () => {
    const { page, runInHarness } = open;
    const items = fresh(30);
    await show(items.slice(5));
    await page.keyboard.press("/");
    for (const key of ["ArrowDown", "ArrowDown", "ArrowRight"]) await page.keyboard.press(key);
    const title = await focused();
    await runInHarness((harness, next) => harness.catalog(next), items);
    await runInHarness((harness, next) => harness.screen({ ...next, present: false }), CATALOG);
    await page.getByText("30 videos").waitFor();
    expect(await focused()).toBe(title);
  });

  it("stays in the row of begun videos when that row gets shorter", async () => {
    const { page } = open;
    await resize(1920, 1080);
    await show(
      fresh(30).map((item, index) => (index < 5 ? { ...item, positionSeconds: 9, watched: after(index) } : item)),
    );
    await page.getByRole("list").getByRole("button").last().focus();
    await columnsIn(640, 800);
    expect(await page.evaluate(() => document.activeElement?.closest("ul") !== null)).toBe(true);
  });

  it("has its ring around the poster alone", async () => {
    const { page } = open;
    await show(fresh(8));
    await page.keyboard.press("/");
    await page.keyboard.press("ArrowDown");
    const rings = await page.evaluate(() => {
      const card = document.activeElement;
      return [card, ...(card?.querySelectorAll("*") ?? [])]
        .filter((one) => one !== null && getComputedStyle(one).outlineStyle !== "none")
        .map((one) => ({ isCard: one === card, hasImage: one?.querySelector("img") !== null }));
    });
    expect(rings).toEqual([{ isCard: false, hasImage: true }]);
  });
});

describe("the cards", () => {
  it.each([
    [640, 480, 2],
    [960, 640, 3],
    [1280, 800, 4],
    [1600, 900, 5],
    [1920, 1080, 5],
  ])("at %d x %d stand in %d columns", async (width, height, columns) => {
    await show(fresh(30));
    expect(await columnsIn(width, height)).toBe(columns);
  });

  it("always say the length or what is left, under the poster", async () => {
    const [one, two, three, four] = fresh(4, { durationSeconds: 720 });
    await show([
      { ...(one as CatalogItem) },
      { ...(two as CatalogItem), positionSeconds: 540, watched: after(1) },
      { ...(three as CatalogItem), finished: true, watched: after(1) },
      { ...(four as CatalogItem), included: false },
    ]);
    const states = await open.page.locator("[role=gridcell] [data-state]").allTextContents();
    expect(states.toSorted()).toEqual(["12 min", "3 min left", "Not included", "Watched · 12 min"]);
  });
});

describe("a poster", () => {
  const fits = () =>
    open.page
      .locator("[role=gridcell] img")
      .evaluateAll((images) => images.map((image) => getComputedStyle(image).objectFit));

  it.each([
    ["upright", "tall"],
    ["square", "square"],
  ])("that is %s is shown whole", async (_name, shape) => {
    await show(fresh(8).map((item, index) => ({ ...item, posterUrl: `vault://media/poster/${shape}-${index}` })));
    await expect.poll(fits).toEqual(Array.from({ length: 8 }, () => "contain"));
  });

  it("that is wide fills its card", async () => {
    await show(fresh(8).map((item, index) => ({ ...item, posterUrl: `vault://media/poster/${index}` })));
    await expect.poll(fits).toEqual(Array.from({ length: 8 }, () => "cover"));
  });

  it("that cannot be shown becomes a drawn card, and is shown when it has another address", async () => {
    const { page, runInHarness } = open;
    const items = fresh(4).map((item, index) => ({
      ...item,
      title: `0${index + 1} - ${item.title}`,
      posterUrl: index === 1 ? "vault://media/poster/gone" : index === 2 ? null : `vault://media/poster/${index}`,
    }));
    await show(items);
    const drawn = page.locator("[role=gridcell] [data-drawn]");
    await expect.poll(() => drawn.allTextContents()).toEqual(["02", "03"]);
    expect(await page.locator("[role=gridcell] img").count()).toBe(2);
    await runInHarness(
      (harness, next) => harness.catalog(next),
      items.map((item) => ({ ...item, posterUrl: "vault://media/poster/9" })),
    );
    await runInHarness((harness, next) => harness.screen({ ...next, present: false }), CATALOG);
    await expect.poll(() => drawn.count()).toBe(0);
  });

  it("that fails in the row of begun videos becomes a drawn card too, with the title where it has no number", async () => {
    const items = fresh(6).map((item) => ({
      ...item,
      posterUrl: "vault://media/poster/gone",
      positionSeconds: 9,
      watched: 9,
    }));
    await show(items);
    const drawn = open.page.getByRole("list").locator("[data-drawn]");
    await expect.poll(() => drawn.count()).toBe(4);
    expect(items.map(({ title }) => title)).toContain(await drawn.first().textContent());
  });
});

describe("a video that is not included", () => {
  it("is explained beside its card, moves nothing, and gives the focus back", async () => {
    const { page, callInputs } = open;
    await show(fresh(24).map((item, index) => ({ ...item, included: index !== 7 })));
    const card = page.getByRole("gridcell", { name: /Not included/ }).locator("[data-card]");
    await card.focus();
    const before = await card.boundingBox();
    await page.keyboard.press("Enter");
    const reason = page.locator("[data-code=NOT_ENTITLED]");
    await reason.waitFor();
    expect(await card.boundingBox()).toEqual(before);
    const box = await reason.boundingBox();
    if (before === null || box === null) throw new Error("neither card nor reason");
    const gaps = [box.y - (before.y + before.height), before.y - (box.y + box.height)];
    const sides = [box.x - (before.x + before.width), before.x - (box.x + box.width)];
    expect(Math.max(...gaps, ...sides)).toBeLessThan(48);
    await page.keyboard.press("Escape");
    await reason.waitFor({ state: "detached" });
    expect(await card.evaluate((button) => button === document.activeElement)).toBe(true);
    expect(await callInputs("player.open")).toEqual([]);
  });
});

describe("a stick with one title", () => {
  it("shows it large, with its words and a button beside it", async () => {
    const { page } = open;
    await open.runInHarness((harness, now) => harness.change({ now }), after(340));
    await show(fresh(1));
    const poster = await page.locator("[role=gridcell] img").boundingBox();
    expect(poster?.width).toBeGreaterThanOrEqual(478);
    const play = page.locator("[role=gridcell]").getByText("Play", { exact: true });
    const button = await play.boundingBox();
    expect(button?.x).toBeGreaterThan((poster?.x ?? 0) + (poster?.width ?? 0));
    const notice = await page.getByRole("status").filter({ hasText: "The license ends in" }).boundingBox();
    expect(notice?.height).toBeLessThanOrEqual(48);
    await page.keyboard.press("/");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.locator("[data-screen=player]").waitFor();
  });
});

describe("the bar", () => {
  it("cuts no name where there is room", async () => {
    const label = "École d’été de cinéma documentaire 2026, tous les cours";
    await resize(1920, 1080);
    await show(fresh(8), { ...CATALOG, stick: { ...CATALOG.stick, label } });
    const [shown, whole] = await open.page
      .getByText(label)
      .evaluate((name) => [name.clientWidth, name.scrollWidth] as const);
    expect(shown).toBeGreaterThanOrEqual(whole);
  });

  it("is one line at 640 x 480, and gives its place to the posters when they are scrolled", async () => {
    const { page } = open;
    await resize(640, 480);
    await show(fresh(30));
    const bar = page.getByRole("banner");
    expect((await bar.boundingBox())?.height).toBeLessThanOrEqual(72);
    await page.mouse.move(320, 400);
    await page.mouse.wheel(0, 600);
    await expect.poll(async () => (await bar.boundingBox())?.y).toBeLessThanOrEqual(-64);
  });
});

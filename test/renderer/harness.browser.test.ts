import { AxeBuilder } from "@axe-core/playwright";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildHarness, openHarness, type OpenHarness } from "./harness/launch-harness.ts";
import { reach, SCENES } from "./harness/scenes.ts";

/** AA throughout, AAA contrast for text. */
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

let open: OpenHarness;
beforeAll(async () => {
  await buildHarness();
  open = await openHarness();
});
afterAll(() => open.app.close());

async function findings(): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page: open.page })
    // The usual mode opens a second page, which an Electron window cannot.
    .setLegacyMode(true)
    .options({ runOnly: TAGS, rules: { "color-contrast-enhanced": { enabled: true } } })
    .analyze();
  return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html} ${node.failureSummary ?? ""}`));
}

describe.each(["dark", "light"] as const)("in %s", (appearance) => {
  describe.each(["fr", "en"] as const)("and %s", (language) => {
    it.each(SCENES)("axe finds nothing on: %s", async (scene) => {
      await reach(open, scene, { appearance, language });
      expect(await findings()).toEqual([]);
    });
  });
});

describe("with text at 200 %", () => {
  it.each(SCENES)("nothing is lost on: %s", async (scene) => {
    const { page } = open;
    await page.setViewportSize({ width: 960, height: 640 });
    await page.evaluate(() => {
      document.documentElement.style.fontSize = "200%";
    });
    await reach(open, scene, { appearance: "dark", language: "fr" });
    const outside = await page.evaluate(() =>
      [...document.querySelectorAll("button, input, textarea, h1, h2, p, dt, dd, kbd")]
        .filter((element) => element.checkVisibility() && element.closest("[aria-hidden=true]") === null)
        .map((element) => ({ name: element.outerHTML.slice(0, 80), box: element.getBoundingClientRect() }))
        .filter(({ box }) => box.left < -1 || box.right > innerWidth + 1)
        .map(({ name }) => name),
    );
    const cut = await page.evaluate(() =>
      [...document.querySelectorAll("button, h1, h2, p, label, dd, dt")]
        .filter((element) => element.checkVisibility() && getComputedStyle(element).textOverflow !== "ellipsis")
        .filter((element) => ["hidden", "clip"].includes(getComputedStyle(element).overflowX))
        .filter((element) => element.clientWidth > 1 && element.scrollWidth > element.clientWidth + 1)
        .map((element) => element.outerHTML.slice(0, 80)),
    );
    expect({ outside, cut }).toEqual({ outside: [], cut: [] });
    await page.evaluate(() => {
      document.documentElement.style.fontSize = "";
    });
    await page.setViewportSize({ width: 1280, height: 800 });
  });
});

describe("under the app's own policy", () => {
  it("nothing is blocked and nothing fails on the way through all screens", () => {
    expect(open.complaints).toEqual([]);
  });
});

import { AxeBuilder } from "@axe-core/playwright";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openHarness, type OpenHarness } from "./harness/launch-harness.ts";
import { lostText } from "./harness/measure.ts";
import { reach, SCENES } from "./harness/scenes.ts";

/** AA throughout, AAA contrast for text. */
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

let open: OpenHarness;
beforeAll(async () => {
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

// Colours hang on the appearance, names on the language: two of the four pairs show every colour and every word.
describe.each([
  { appearance: "dark", language: "fr" },
  { appearance: "light", language: "en" },
] as const)("in $appearance and $language", (chosen) => {
  it.each(SCENES)("axe finds nothing on: %s", async (scene) => {
    await reach(open, scene, chosen);
    expect(await findings()).toEqual([]);
  });
});

describe("with text at 200 %", () => {
  beforeAll(() => open.page.setViewportSize({ width: 960, height: 640 }));
  afterAll(() => open.page.setViewportSize({ width: 1280, height: 800 }));

  it.each(SCENES)("nothing is lost on: %s", async (scene) => {
    await reach(open, scene, { appearance: "dark", language: "fr" }, 200);
    expect(await open.page.evaluate(lostText)).toEqual([]);
  });
});

describe("under the app's own policy", () => {
  it("nothing is blocked and nothing fails on the way through all screens", () => {
    expect(open.complaints).toEqual([]);
  });
});

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findingsOn } from "./harness/axe.ts";
import { openHarness, type OpenHarness } from "./harness/launch-harness.ts";
import { unreadableTexts } from "./harness/measure.ts";
import { reach, SCENES } from "./harness/scenes.ts";

let open: OpenHarness;
beforeAll(async () => {
  open = await openHarness();
});
afterAll(() => open.app.close());

it("axe works: it finds a button without a name, and grey text on grey", async () => {
  await open.page.evaluate(() => {
    // A contrast ratio of 1.3, and one of 5, which is enough for AA and not for AAA.
    for (const [color, background] of [
      ["#888", "#777"],
      ["#666", "#eee"],
    ] as const) {
      const words = document.createElement("p");
      words.append("Grey", document.createElement("button"));
      Object.assign(words.style, { color, background });
      document.body.prepend(words);
    }
  });
  const found = await findingsOn(open.page);
  for (const rule of ["button-name", "color-contrast", "color-contrast-enhanced"]) {
    expect(found).toContainEqual(expect.stringMatching(new RegExp(`^${rule}: `)));
  }
});

// Colours depend on the appearance, names on the language: two of the four pairs show every colour and every text.
describe.each([
  { appearance: "dark", language: "fr" },
  { appearance: "light", language: "en" },
] as const)("in $appearance and $language", (chosen) => {
  it.each(SCENES)("has no accessibility problem: %s", async (scene) => {
    await reach(open, scene, chosen);
    expect(await findingsOn(open.page)).toEqual([]);
  });
});

describe("with text at 200 %", () => {
  beforeAll(() => open.page.setViewportSize({ width: 960, height: 640 }));
  afterAll(() => open.page.setViewportSize({ width: 1280, height: 800 }));

  it.each(SCENES)("cuts off no text: %s", async (scene) => {
    await reach(open, scene, { appearance: "dark", language: "fr" }, 200);
    expect(await open.page.evaluate(unreadableTexts)).toEqual([]);
  });
});

describe("under the content security policy of the app", () => {
  it("blocks nothing and reports no error on any screen", () => {
    expect(open.problems).toEqual([]);
  });
});

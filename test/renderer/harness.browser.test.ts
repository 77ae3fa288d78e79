import { describe, expect, it } from "vitest";
import { findingsOn } from "./harness/axe.ts";
import { harnessOfSuite } from "./harness/suite.ts";
import { unreadableTexts } from "./harness/measure.ts";
import { change, enlarge, reach, SCENES } from "./harness/scenes.ts";

const open = harnessOfSuite();

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

// Colours depend on the appearance, names on the language: two of the four pairs show every colour and every text. French
// texts are the longer ones. The pair changes while the scene is shown, as in the settings: a screen is reached once.
describe("every screen", () => {
  it.each(SCENES)("%s: has no accessibility problem, and cuts off no text at twice the size", async (scene) => {
    await reach(open, scene, { appearance: "light", language: "en" });
    expect(await findingsOn(open.page)).toEqual([]);
    await change(open, { appearance: "dark", language: "fr" });
    expect(await findingsOn(open.page)).toEqual([]);
    await enlarge(open, 200);
    expect(await open.page.evaluate(unreadableTexts)).toEqual([]);
  });
});

describe("under the content security policy of the app", () => {
  it("blocks nothing and reports no error on any screen", () => {
    expect(open.problems).toEqual([]);
  });
});

import { beforeEach, describe, expect, it } from "vitest";
import { createI18n } from "../../src-renderer/i18n/index.ts";
import { CATALOG, LOCKED, NO_STICK } from "./harness/fake-content.ts";
import { UPDATES } from "./harness/fake-updates.ts";
import { harnessOfSuite } from "./harness/suite.ts";
import { reach, type Scene } from "./harness/scenes.ts";

const open = harnessOfSuite();

const LANGUAGES = ["fr", "en"] as const;

describe.each(LANGUAGES)("in %s", (language) => {
  const { messages } = createI18n(language, "support@publisher.example");
  beforeEach(async () => {
    await open.page.setViewportSize({ width: 1280, height: 800 });
    await open.page.reload();
    await open.page.locator("[data-screen=no-stick]").waitFor();
    await open.runInHarness((harness, next) => harness.settings(next), { language });
  });

  it("a wrong passphrase is not blamed on capitals, spaces and dashes, which do not count", () => {
    const { next } = messages.problems.PASSPHRASE_WRONG({ date: null, support: "", isCopy: false });
    expect(next).toContain(
      {
        en: "Capitals, spaces and dashes make no difference.",
        fr: "Les majuscules, les espaces et les tirets sont sans importance.",
      }[language],
    );
  });

  it.each([
    ["without a license", LOCKED, messages.license.requestTitles.none],
    [
      "with a license that waits for its passphrase",
      { ...LOCKED, refusal: null, passphrase: true },
      messages.license.requestTitles.passphrase,
    ],
    [
      "with an expired license",
      { ...LOCKED, refusal: { code: "EXPIRED", date: null } as const },
      messages.license.requestTitles.other,
    ],
  ])("the request for activation %s fits what is said above it", async (_name, screen, title) => {
    const { page, runInHarness } = open;
    await runInHarness((harness, next) => harness.screen(next as never), screen);
    await page.locator("[data-screen=locked]").waitFor();
    const titles = Object.values(messages.license.requestTitles);
    const shown = (await page.getByRole("heading").allTextContents()).filter((text) => titles.includes(text));
    expect(shown).toEqual([title]);
  });

  it("the first run without a license shows no code, a refused license does", async () => {
    const { page, runInHarness } = open;
    await runInHarness((harness, next) => harness.screen(next as never), LOCKED);
    await page.locator("[data-code=MISSING]").waitFor();
    expect(await page.getByText("MISSING").count()).toBe(0);
    await runInHarness((harness, next) => harness.screen(next as never), {
      ...LOCKED,
      refusal: { code: "EXPIRED", date: null },
    });
    await page.getByText("EXPIRED", { exact: true }).waitFor();
  });

  it("after ejecting, the screen says that the stick can be unplugged, and not to plug it in", async () => {
    const { page, runInHarness } = open;
    await runInHarness((harness, next) => harness.screen(next as never), CATALOG);
    await page.getByRole("button", { name: messages.app.eject }).click();
    await page.locator("[data-screen=no-stick]").waitFor();
    expect(await page.getByRole("heading", { level: 1 }).textContent()).toBe(messages.app.ejected);
    expect(await page.getByText(messages.noStick.title).count()).toBe(0);
    expect(await page.getByText(messages.noStick.body).count()).toBe(0);
    expect(await page.getByText(messages.noStick.away).count()).toBe(0);
    expect(await page.locator("svg[data-way=out]").count()).toBe(1);
    await runInHarness((harness, next) => harness.screen(next as never), CATALOG);
    await page.getByRole("grid").waitFor();
    await runInHarness((harness, next) => harness.screen(next as never), NO_STICK);
    await page.getByRole("heading", { name: messages.noStick.title }).waitFor();
  });

  it("what the publisher wrote, in whatever language, stands apart from the reason of the app", async () => {
    const { page, runInHarness } = open;
    const words = "Plante au démarrage";
    await runInHarness((harness, updates) => harness.change({ updates }), {
      ...UPDATES,
      outcome: { kind: "hold" as const, reason: "HALTED" as const, version: null, words },
    });
    await page.getByRole("button", { name: messages.app.settings }).click();
    await page.locator("[data-code=HALTED]").waitFor();
    const text = page.getByText(words);
    expect(await text.isVisible()).toBe(false);
    await page.locator("[data-code=HALTED] summary").click();
    expect(await text.isVisible()).toBe(true);
    // No voice of the language of the app reads it.
    expect(await text.getAttribute("lang")).toBe("");
  });
});

describe("the focus", () => {
  /** The visible elements with a ring; the inputs of radio buttons and switches are invisible. */
  const rings = (): Promise<string[]> =>
    open.page.evaluate(() =>
      [...document.querySelectorAll(":not(input[type=radio], input[type=checkbox])")]
        .filter((one) => {
          const { outlineStyle, outlineWidth } = getComputedStyle(one);
          const { width, height } = one.getBoundingClientRect();
          return outlineStyle !== "none" && outlineWidth !== "0px" && width > 1 && height > 1;
        })
        .map((one) => one.outerHTML.slice(0, 90)),
    );

  it.each<[Scene, number]>([
    ["catalog", 6],
    ["settings", 8],
    ["passphrase asked", 6],
    ["license missing", 5],
    ["opinion asked", 6],
    ["player", 9],
    ["sticks, none chosen", 4],
  ])("has one ring wherever Tab goes: %s", async (scene, presses) => {
    await reach(open, scene, { language: "en", appearance: "dark" });
    for (let press = 0; press < presses; press++) {
      await open.page.keyboard.press("Tab");
      expect(await rings()).toEqual([expect.any(String)]);
    }
  });

  it("has one ring in an opened list", async () => {
    await reach(open, "catalog", { language: "en", appearance: "dark" });
    await open.page.getByRole("button", { name: /Sort by/ }).focus();
    await open.page.keyboard.press("Enter");
    await open.page.getByRole("listbox").waitFor();
    await open.page.keyboard.press("ArrowDown");
    expect(await rings()).toEqual([expect.any(String)]);
  });
});

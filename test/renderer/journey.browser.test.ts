import { beforeEach, describe, expect, it } from "vitest";
import { MAX_ARMORED_CHARS } from "../../src-shared/limits.ts";
import { CATALOG, LOCKED } from "./harness/fake-content.ts";
import { paste } from "./harness/scenes.ts";
import { harnessOfSuite } from "./harness/suite.ts";
import { coverage } from "./harness/measure.ts";

const open = harnessOfSuite();
beforeEach(async () => {
  await open.page.reload();
  await open.page.locator("[data-screen=no-stick]").waitFor();
});

/** The name of the focused element. */
function focused(): Promise<string> {
  return open.page.evaluate(
    () => document.activeElement?.getAttribute("aria-label") ?? document.activeElement?.textContent ?? "",
  );
}

async function tabTo(name: string): Promise<void> {
  for (let presses = 0; presses < 20; presses++) {
    await open.page.keyboard.press("Tab");
    if ((await focused()) === name) return;
  }
  throw new Error(`Tab does not reach "${name}"`);
}

describe("with the keyboard alone", () => {
  it("a user finds a video, watches it, resumes it and ejects the stick", async () => {
    const { page, runInHarness } = open;
    const keys = page.keyboard;
    await runInHarness((harness, screen) => harness.screen(screen), CATALOG);
    await page.getByRole("grid").waitFor();

    await keys.press("/");
    await keys.type("harb 2");
    await page.getByText("1 video", { exact: true }).waitFor();
    await keys.press("ArrowDown");
    expect(await focused()).toContain("The harbour 2");
    await keys.press("Enter");
    await page.locator("[data-screen=player]").waitFor();

    await page.waitForFunction(() => document.querySelector("video")?.paused === false);
    await keys.press("?");
    await page.getByRole("dialog", { name: "Keyboard shortcuts" }).waitFor();
    await keys.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await keys.press("Escape");

    await page.locator("[data-screen=catalog]").waitFor();
    await page.waitForFunction(() => document.activeElement?.textContent?.includes("The harbour 2"));
    expect(await page.getByRole("searchbox").inputValue()).toBe("harb 2");

    await keys.press("/");
    await tabTo("Eject safely");
    await keys.press("Enter");
    await page.locator("[data-screen=no-stick]").waitFor();
    expect(await page.getByRole("status").first().textContent()).toBe("You can unplug the stick now.");
  });

  it("moves through the grid with arrow keys, from the search field and back to it", async () => {
    const { page, runInHarness } = open;
    await runInHarness((harness) => harness.titles(500));
    await runInHarness((harness, screen) => harness.screen(screen), CATALOG);
    await page.getByRole("grid").waitFor();
    const columns = Number(await page.getByRole("grid").getAttribute("aria-colcount"));
    const at = (): Promise<number> => page.evaluate(() => Number(document.activeElement?.getAttribute("data-index")));

    await page.keyboard.press("/");
    await page.keyboard.press("ArrowDown");
    expect(await at()).toBe(0);
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowDown");
    expect(await at()).toBe(columns + 1);
    await page.keyboard.press("End");
    expect(await at()).toBe(499);
    await page.keyboard.press("Home");
    await page.keyboard.press("ArrowUp");
    expect(await focused()).toBe("Search");
  });

  it("changes the language at once and closes the settings with Escape", async () => {
    const { page } = open;
    await tabTo("Settings");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Settings" }).waitFor();
    await page.getByRole("radio", { name: "English" }).focus();
    await page.keyboard.press("ArrowLeft");
    await page.getByRole("heading", { name: "Réglages" }).waitFor();
    expect(await page.evaluate(() => document.documentElement.lang)).toBe("fr");
    await page.keyboard.press("Escape");
    await page.getByRole("heading", { name: "Branchez votre clé USB" }).waitFor();
  });
});

describe("when something does not work", () => {
  it("explains that the stick cannot be ejected, and keeps the screen", async () => {
    const { page, runInHarness } = open;
    await runInHarness((harness, screen) => harness.screen(screen), CATALOG);
    await runInHarness((harness) => harness.refuse("vault.close", "INTERNAL"));
    await page.getByRole("button", { name: "Eject safely" }).click();
    await page.locator("[data-screen=catalog] [data-code=INTERNAL]").waitFor();
  });

  it("offers to read the catalog again", async () => {
    const { page, runInHarness } = open;
    await runInHarness((harness) => harness.refuse("catalog.list", "INTERNAL"));
    await runInHarness((harness, screen) => harness.screen(screen), CATALOG);
    await page.locator("[data-code=INTERNAL]").waitFor();
    await runInHarness((harness) => harness.refuse("catalog.list", null));
    await page.getByRole("button", { name: "Try again" }).click();
    await page.getByRole("grid").waitFor();
  });

  it("explains that a folder holds no vault, and shows nothing when the choice was cancelled", async () => {
    const { page, runInHarness } = open;
    await runInHarness((harness) => harness.refuse("vault.open-folder", "NO_VAULT"));
    await page.getByRole("button", { name: "Open a folder" }).click();
    await page.locator("[data-code=NO_VAULT]").waitFor();
    await runInHarness((harness) => harness.refuse("vault.open-folder", "CANCELLED"));
    await page.getByRole("button", { name: "Open a folder" }).click();
    await page.locator("[data-code]").waitFor({ state: "detached" });
  });
});

describe("10,000 titles", () => {
  // 90 frames, each inspected: it takes minutes where other windows are busy too.
  it("scroll from top to bottom without a frame that has an empty area", { timeout: 240_000 }, async () => {
    const { page, runInHarness } = open;
    await runInHarness((harness) => harness.titles(10_000));
    await runInHarness((harness, screen) => harness.screen(screen), CATALOG);
    await page.getByText("10,000 videos").waitFor();
    // Steps of a fast mouse wheel, of a page, and of a dragged scroll bar.
    for (const stepPx of [400, 700, 60_000]) {
      const { frames, emptyFrames, mostCards } = await page.evaluate(coverage, { stepPx, frames: 30 });
      expect({ stepPx, frames, emptyFrames }).toEqual({ stepPx, frames: 30, emptyFrames: 0 });
      expect(mostCards).toBeLessThan(150);
    }
  });

  it("are filtered with each letter, and all shown again when the search is cleared", async () => {
    const { page, runInHarness } = open;
    await runInHarness((harness) => harness.titles(10_000));
    await runInHarness((harness, screen) => harness.screen(screen), CATALOG);
    await page.getByText("10,000 videos").waitFor();
    await page.getByRole("searchbox").fill("ete brehat 100");
    await page.getByText("2 videos", { exact: true }).waitFor();
    await page.getByRole("button", { name: "Clear the search" }).click();
    await page.getByText("10,000 videos").waitFor();
  });
});

describe("the license screen", () => {
  beforeEach(() => open.runInHarness((harness, screen) => harness.screen(screen), LOCKED));

  it("imports a license pasted anywhere, and explains its refusal", async () => {
    const { page, runInHarness, callInputs } = open;
    await runInHarness((harness) => harness.refuse("license.import", "WRONG_STICK"));
    await page.evaluate(() => {
      const clipboardData = new DataTransfer();
      clipboardData.setData("text/plain", "a license");
      document.body.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
    });
    await page.locator("[data-code=WRONG_STICK]").waitFor();
    expect(await callInputs("license.import")).toEqual([{ text: "a license" }]);
  });

  it("explains that a stick is a copy, also when its license is imported again", async () => {
    const { page, runInHarness } = open;
    const card = page.locator("[data-code=WRONG_STICK]");
    const refusal = { code: "WRONG_STICK", date: null } as const;
    await runInHarness((harness, screen) => harness.screen(screen), { ...LOCKED, refusal });
    await card.waitFor();
    expect(await card.textContent()).not.toContain("copy");
    await runInHarness((harness, screen) => harness.screen(screen), {
      ...LOCKED,
      refusal: { ...refusal, isCopy: true as const },
    });
    await card.getByText("a copy of the licensed stick").waitFor();
    await runInHarness((harness) => harness.refuse("license.import", "WRONG_STICK"));
    await paste(open, "the license of the real one");
    await card.getByText("a copy of the licensed stick").waitFor();
    await runInHarness((harness) => harness.refuse("license.import", null));
  });

  it("takes a dropped file of the largest size that the contract allows, and refuses a larger one unread", async () => {
    const { page, callInputs } = open;
    const drop = (size: number): Promise<void> =>
      page.evaluate((chars) => {
        const dataTransfer = new DataTransfer();
        dataTransfer.items.add(new File(["x".repeat(chars)], "a.uvvlic"));
        document.body.dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true }));
      }, size);
    await drop(MAX_ARMORED_CHARS + 1);
    await page.locator("[data-code=MALFORMED]").waitFor();
    expect(await callInputs("license.import")).toEqual([]);
    await drop(MAX_ARMORED_CHARS);
    await page.locator("[data-code=MALFORMED]").waitFor({ state: "detached" });
    expect(await callInputs("license.import")).toEqual([{ text: "x".repeat(MAX_ARMORED_CHARS) }]);
  });

  it("shows that it is checking when that takes a while", async () => {
    const { page, runInHarness } = open;
    await runInHarness((harness) => harness.hold("license.choose-file"));
    await page.getByRole("button", { name: "Choose a file" }).click();
    await page.getByText("Checking the license…").waitFor();
    await runInHarness((harness) => harness.releaseCalls("license.choose-file"));
    await page.getByText("or paste its text with Ctrl+V").waitFor();
  });

  it("makes an activation request only when asked", async () => {
    const { page, callInputs } = open;
    expect(await callInputs("license.request")).toEqual([]);
    await page.getByRole("button", { name: "Create an activation request" }).click();
    expect(await page.getByRole("textbox", { name: "Activation request" }).inputValue()).toContain(
      "BEGIN USB VIDEO VAULT",
    );
    await page.getByRole("button", { name: "Save as a file" }).click();
    await page.getByText("Saved").waitFor();
    expect(await callInputs("license.save-request")).toHaveLength(1);
  });

  it("checks again when the keychain was unlocked outside the app", async () => {
    const { page, runInHarness, callInputs } = open;
    await runInHarness((harness, screen) => harness.screen(screen), {
      ...LOCKED,
      refusal: { code: "STORE_LOCKED" as const, date: null },
    });
    await page.getByRole("button", { name: "Try again" }).click();
    expect(await callInputs("license.retry")).toHaveLength(1);
  });

  it("unlocks with a passphrase", async () => {
    const { page, runInHarness, callInputs } = open;
    await runInHarness((harness, screen) => harness.screen({ ...screen, refusal: null, passphrase: true }), LOCKED);
    await runInHarness((harness) => harness.refuse("license.unlock", "PASSPHRASE_WRONG"));
    await page.getByLabel("Passphrase", { exact: true }).fill("seven quiet boats");
    await page.keyboard.press("Enter");
    await page.locator("[data-code=PASSPHRASE_WRONG]").waitFor();
    expect(await callInputs("license.unlock")).toEqual([{ passphrase: "seven quiet boats" }]);
  });
});

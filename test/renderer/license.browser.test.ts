import { beforeEach, describe, expect, it } from "vitest";
import { after, CATALOG, IN_USE, LOCKED, OTHERS } from "./harness/fake-content.ts";
import { harnessOfSuite } from "./harness/suite.ts";
import { paste } from "./harness/scenes.ts";

const open = harnessOfSuite();
beforeEach(async () => {
  await open.page.reload();
  await open.page.locator("[data-screen=no-stick]").waitFor();
});

async function showLicense(): Promise<void> {
  await open.runInHarness((harness, screen) => harness.screen(screen), CATALOG);
  await open.page.getByRole("button", { name: "More" }).click();
  await open.page.getByRole("menuitem", { name: "License" }).click();
  await open.page.locator("[data-screen=license] [data-code]").first().waitFor();
}

describe("the license screen", () => {
  it("shows the time that is left as text and as a bar", async () => {
    await open.runInHarness((harness, now) => harness.change({ now }), after(118));
    await showLicense();
    const meter = open.page.getByRole("meter", { name: "Time left" });
    expect(await meter.getAttribute("aria-valuetext")).toBe("247 days left");
    const [bar, filled] = await meter.evaluate((element) => [
      element.clientWidth,
      Number.parseFloat(getComputedStyle(element, "::before").width),
    ]);
    expect((filled ?? 0) / (bar ?? 1)).toBeCloseTo(247 / 365, 2);
  });

  it("opens and closes by keyboard, from the catalog and from a locked stick", async () => {
    const { page, runInHarness } = open;
    await runInHarness((harness, screen) => harness.screen(screen), CATALOG);
    await page.getByRole("button", { name: "More" }).focus();
    await page.keyboard.press("Enter");
    await page.getByRole("menuitem", { name: "License" }).waitFor();
    await page.keyboard.press("Enter");
    await page.locator("[data-screen=license]").waitFor();
    await page.keyboard.press("Escape");
    await page.locator("[data-screen=catalog]").waitFor();

    await runInHarness((harness, screen) => harness.screen(screen), LOCKED);
    await page.getByRole("button", { name: "Your licenses" }).focus();
    await page.keyboard.press("Enter");
    await page.locator("[data-screen=license]").waitFor();
    await page.keyboard.press("Escape");
    await page.locator("[data-screen=locked]").waitFor();
  });

  it("explains why each other license is not in use, with its code", async () => {
    await open.runInHarness((harness, entries) => harness.licenses(entries), [IN_USE, ...OTHERS]);
    await showLicense();
    const others = open.page.locator("[data-standing]");
    expect(await others.evaluateAll((found) => found.map((one) => one.getAttribute("data-code")))).toEqual([
      "OK",
      "EXPIRED",
      "WRONG_DEVICE",
      "MALFORMED",
    ]);
    expect(await others.nth(0).textContent()).toContain("Valid, but not in use.");
    expect(await others.nth(1).textContent()).toContain("It was valid until September 1, 2026.");
    expect(await others.nth(2).textContent()).toContain("This license belongs to another computer");
  });

  it("imports a license, shows the result, and loads the list again", async () => {
    const { page, callInputs } = open;
    await showLicense();
    const before = (await callInputs("license.overview")).length;
    await paste(open, "a newer license");
    await page.getByText("License imported, valid until September 21, 2027.").waitFor();
    expect(await callInputs("license.import")).toEqual([{ text: "a newer license" }]);
    await open.runInHarness((harness, entries) => harness.licenses(entries), OTHERS);
    await page.getByText("No license opens this stick.").waitFor();
    expect((await callInputs("license.overview")).length).toBeGreaterThan(before);
  });

  it("closes when the stick is pulled", async () => {
    await showLicense();
    await open.runInHarness((harness) => harness.screen({ stage: "no-stick", problem: null }));
    await open.page.locator("[data-screen=no-stick]").waitFor();
    await open.runInHarness((harness, screen) => harness.screen(screen), CATALOG);
    await open.page.locator("[data-screen=catalog]").waitFor();
  });
});

describe("the countdown", () => {
  const notice = () => open.page.getByRole("status").filter({ hasText: "The license ends in" });
  const at = (days: number) => open.runInHarness((harness, now) => harness.change({ now }), after(days));

  it("is shown at 30, 7 and 1 days; once dismissed, not before the next step", async () => {
    const { page, runInHarness } = open;
    await runInHarness((harness, screen) => harness.screen(screen), CATALOG);
    await page.getByRole("grid").waitFor();
    expect(await notice().count()).toBe(0);
    for (const [day, words] of [
      [335, "The license ends in 30 days."],
      [358, "The license ends in 7 days."],
      [364, "The license ends in 1 day."],
    ] as const) {
      await at(day);
      await page.getByText(words).waitFor();
      await page.getByRole("button", { name: "Dismiss" }).click();
      await notice().waitFor({ state: "detached" });
    }
  });

  it("stays dismissed while the user plays a video and comes back", async () => {
    const { page, runInHarness } = open;
    await at(340);
    await runInHarness((harness, screen) => harness.screen(screen), CATALOG);
    await page.getByRole("button", { name: "Dismiss" }).click();
    await page.getByRole("button", { name: "More" }).click();
    await page.getByRole("menuitem", { name: "Settings" }).click();
    await page.keyboard.press("Escape");
    await page.getByRole("grid").waitFor();
    expect(await notice().count()).toBe(0);
  });

  it("offers to import the renewal", async () => {
    const { page, runInHarness, callInputs } = open;
    await at(340);
    await runInHarness((harness, screen) => harness.screen(screen), CATALOG);
    await page.getByRole("button", { name: "Import a renewal" }).click();
    await page.getByText("License imported, valid until").waitFor();
    expect(await callInputs("license.choose-file")).toHaveLength(1);
  });
});

describe("a renewal on the catalog", () => {
  beforeEach(() => open.runInHarness((harness, screen) => harness.screen(screen), CATALOG));

  it("can be dropped anywhere in the window, which shows a hint while it is dragged over it", async () => {
    const { page, callInputs } = open;
    const drag = (name: "dragover" | "drop"): Promise<void> =>
      page.evaluate((type) => {
        const dataTransfer = new DataTransfer();
        dataTransfer.items.add(new File(["a renewal"], "renewal.uvvlic"));
        document.body.dispatchEvent(new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true }));
      }, name);
    await page.getByRole("grid").waitFor();
    await drag("dragover");
    await page.getByText("Release to import the license").waitFor();
    await drag("drop");
    await page.getByText("License imported, valid until").waitFor();
    expect(await callInputs("license.import")).toEqual([{ text: "a renewal" }]);
    await page.getByRole("button", { name: "Dismiss" }).click();
    expect(await page.getByText("License imported").count()).toBe(0);
  });

  it("is explained when refused, with its code", async () => {
    await open.runInHarness((harness) => harness.refuse("license.import", "ROLLED_BACK"));
    await paste(open, "an older license");
    await open.page.locator("[data-screen=catalog] [data-code=ROLLED_BACK]").waitFor();
  });

  it("is imported when it is pasted into the search field; other text stays in the field", async () => {
    const { page, callInputs } = open;
    const search = page.getByRole("searchbox");
    const pasteInto = (text: string): Promise<boolean> =>
      search.evaluate((field, pastedText) => {
        const clipboardData = new DataTransfer();
        clipboardData.setData("text/plain", pastedText);
        return field.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
      }, text);
    expect(await pasteInto("harbour")).toBe(true);
    const license = "-----BEGIN USB VIDEO VAULT LICENSE-----\nabc\n-----END USB VIDEO VAULT LICENSE-----";
    expect(await pasteInto(license)).toBe(false);
    await page.getByText("License imported, valid until").waitFor();
    expect(await callInputs("license.import")).toEqual([{ text: license }]);
  });
});

import { afterAll, beforeEach, describe, expect, it } from "vitest";
import type { UpdatesView } from "../../src-shared/ipc/index.ts";
import { HOLD_REASONS, UPDATE_PROBLEMS, type Version } from "../../src-shared/updates/index.ts";
import { screenshotPath } from "../e2e/launch.ts";
import { findingsOn } from "./harness/axe.ts";
import { UPDATES } from "./harness/fake-updates.ts";
import { harnessOfSuite } from "./harness/suite.ts";
import { unreadableTexts } from "./harness/measure.ts";
import { change, reach, SCENES } from "./harness/scenes.ts";

const open = harnessOfSuite();
beforeEach(async () => {
  await open.page.reload();
  await open.page.locator("[data-screen=no-stick]").waitFor();
  await open.page.getByRole("button", { name: "Settings" }).click();
  await open.page.locator("[data-screen=settings]").waitFor();
});

const OFFER = {
  version: "2.0.0" as Version,
  move: "forward",
  critical: false,
  from: "web",
  notes: { fr: "Plus vite", en: "Faster" },
} as const;

const show = (updates: Partial<UpdatesView>) =>
  open.runInHarness((harness, next) => harness.change({ updates: next }), { ...UPDATES, ...updates });

// harness.browser.test.ts covers all colours and names at 1280 x 800.
const LOOKS = [
  { width: 1920, height: 1080, appearance: "light", language: "en" },
  { width: 1920, height: 1080, appearance: "dark", language: "fr" },
  { width: 960, height: 640, appearance: "light", language: "en" },
  { width: 960, height: 640, appearance: "dark", language: "fr" },
] as const;

describe("every state of it, in large and small windows and both languages", () => {
  afterAll(() => open.page.setViewportSize({ width: 1280, height: 800 }));

  it.each(SCENES.filter((scene) => scene.startsWith("updates,")))("cuts off no text: %s", async (scene) => {
    await reach(open, scene, LOOKS[0]);
    for (const { width, height, ...look } of LOOKS) {
      await open.page.setViewportSize({ width, height });
      await change(open, look);
      expect({ width, look, lost: await open.page.evaluate(unreadableTexts) }).toEqual({ width, look, lost: [] });
      const name = scene.replaceAll(/[^a-z]+/g, "-");
      await open.page.screenshot({ path: screenshotPath(`${name}-${width}-${look.appearance}-${look.language}`) });
    }
    expect(await findingsOn(open.page)).toEqual([]);
  });
});

describe("the update panel", () => {
  it("is absent in a build without a feed", async () => {
    expect(await open.page.getByRole("heading", { name: "Updates" }).count()).toBe(0);
  });

  it("checks the chosen source, and shows the progress of a download", async () => {
    const { page, callInputs } = open;
    await show({ onStick: true });
    await page.getByRole("button", { name: "Check now" }).click();
    await page.getByRole("button", { name: "Check this stick" }).click();
    expect(await callInputs("updates.check")).toEqual([{ from: "web" }, { from: "stick" }]);
    await show({ now: { stage: "downloading", offer: OFFER, received: 25e6, total: 100e6 } });
    await page.getByText("25 MB of 100 MB").waitFor();
    expect(await page.getByRole("progressbar", { name: "Progress" }).getAttribute("aria-valuenow")).toBe("25");
    expect(await page.getByRole("button", { name: "Check now" }).isDisabled()).toBe(true);
  });

  it("offers to restart now or later, with the release notes, in French too", async () => {
    const { page, runInHarness, callInputs } = open;
    await show({ now: { stage: "ready", offer: OFFER, installable: true } });
    await page.getByText("What is new").click();
    await page.getByText("Faster").waitFor();
    await runInHarness((harness) => harness.settings({ language: "fr" }), null);
    await page.getByText("Plus vite").waitFor();
    await page.getByRole("button", { name: "Plus tard" }).click();
    await page.getByText("Vous pouvez l’installer ici à tout moment.").waitFor();
    expect(await page.getByRole("button", { name: "Plus tard" }).count()).toBe(0);
    await show({ now: { stage: "ready", offer: { ...OFFER, version: "2.0.1" as Version }, installable: true } });
    await page.getByRole("button", { name: "Redémarrer et mettre à jour" }).click();
    expect(await callInputs("updates.install")).toEqual([undefined]);
    await runInHarness((harness) => harness.settings({ language: "en" }), null);
  });

  it("explains that the user has to replace this kind of package by hand", async () => {
    await show({ now: { stage: "ready", offer: OFFER, installable: false } });
    await open.page.getByText("replaced by hand").waitFor();
    expect(await open.page.getByRole("button", { name: "Restart and update" }).count()).toBe(0);
  });

  it("has a text for every outcome, and shows the code of a problem for support", async () => {
    const { page } = open;
    for (const reason of HOLD_REASONS) {
      await show({ outcome: { kind: "hold", reason, version: null, words: "Because" } });
      const hold = page.locator(`[data-code=${reason}]`);
      if ((await hold.locator("details[open]").count()) === 0) await hold.getByText("What the publisher wrote").click();
      await hold.getByText("Because", { exact: true }).waitFor();
    }
    for (const code of UPDATE_PROBLEMS) {
      await show({ outcome: { kind: "problem", code } });
      await page.locator(`[data-code=${code}] code`).waitFor();
    }
  });

  it("shows the publisher's reason as plain text, even if it contains markup", async () => {
    await show({ outcome: { kind: "hold", reason: "HALTED", version: null, words: "<img src=x onerror=alert(1)>" } });
    await open.page.getByText("What the publisher wrote").click();
    await open.page.getByText("<img src=x onerror=alert(1)>").waitFor();
    expect(await open.page.locator("main img").count()).toBe(0);
  });

  it("is usable with the keyboard alone: check, postpone and install, without losing the focus", async () => {
    const { page, callInputs } = open;
    const focused = () => page.evaluate(() => document.activeElement?.textContent ?? "");
    async function tabTo(name: string): Promise<void> {
      for (let presses = 0; presses < 20; presses++) {
        await page.keyboard.press("Tab");
        if ((await focused()) === name) return;
      }
      throw new Error(`Tab does not reach "${name}"`);
    }
    await show({});
    await tabTo("Check now");
    await page.keyboard.press("Enter");
    expect(await callInputs("updates.check")).toEqual([{ from: "web" }]);
    await show({ now: { stage: "checking" } });
    await page.getByText("Checking for updates").waitFor();
    await page.keyboard.press("Enter");
    expect(await callInputs("updates.check")).toHaveLength(1);
    expect(await focused()).toBe("Check now");
    await show({ now: { stage: "ready", offer: OFFER, installable: true } });
    await page.getByText("Version 2.0.0 is ready.").waitFor();
    await page.keyboard.press("Shift+Tab");
    expect(await focused()).toBe("Later");
    await page.keyboard.press("Enter");
    await page.getByText("You can install it here at any time.").waitFor();
    expect(await focused()).toBe("Restart and update");
    await page.keyboard.press("Enter");
    expect(await callInputs("updates.install")).toHaveLength(1);
  });

  it("leaves no error in the console", () => {
    expect(open.problems).toEqual([]);
  });
});

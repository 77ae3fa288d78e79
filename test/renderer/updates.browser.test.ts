import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { UpdatesView } from "../../src-shared/ipc/index.ts";
import { HOLD_REASONS, UPDATE_PROBLEMS, type Version } from "../../src-shared/updates/index.ts";
import { openHarness, type OpenHarness } from "./harness/launch-harness.ts";

let open: OpenHarness;
beforeAll(async () => {
  open = await openHarness();
});
afterAll(() => open.app.close());
beforeEach(async () => {
  await open.page.reload();
  await open.page.locator("[data-screen=no-stick]").waitFor();
  await open.page.getByRole("button", { name: "Settings" }).click();
  await open.page.locator("[data-screen=settings]").waitFor();
});

const IDLE: UpdatesView = {
  ring: "ga",
  now: { stage: "idle" },
  checked: null,
  outcome: null,
  onStick: false,
  details: null,
};
const OFFER = {
  version: "2.0.0" as Version,
  move: "forward",
  critical: false,
  from: "web",
  notes: { fr: "Plus vite", en: "Faster" },
} as const;

const show = (updates: Partial<UpdatesView>) =>
  open.tell((harness, next) => harness.change({ updates: next }), { ...IDLE, ...updates });

describe("the update panel", () => {
  it("is not there where the build has no feed", async () => {
    expect(await open.page.getByRole("heading", { name: "Updates" }).count()).toBe(0);
  });

  it("looks where it is told to, and shows how far a download is", async () => {
    const { page, heard } = open;
    await show({ onStick: true });
    await page.getByRole("button", { name: "Look now" }).click();
    await page.getByRole("button", { name: "Look on this stick" }).click();
    expect(await heard("updates.check")).toEqual([{ from: "web" }, { from: "stick" }]);
    await show({ now: { stage: "downloading", offer: OFFER, received: 25, total: 100 } });
    expect(await page.getByRole("progressbar", { name: "Progress" }).getAttribute("aria-valuenow")).toBe("25");
    expect(await page.getByRole("button", { name: "Look now" }).isDisabled()).toBe(true);
  });

  it("offers to restart now or later, in French too, with what is new", async () => {
    const { page, tell, heard } = open;
    await show({ now: { stage: "ready", offer: OFFER, installable: true } });
    await page.getByText("What is new").click();
    await page.getByText("Faster").waitFor();
    await tell((harness) => harness.settings({ language: "fr" }), null);
    await page.getByText("Plus vite").waitFor();
    await page.getByRole("button", { name: "Plus tard" }).click();
    await page.getByText("Elle attend ici.").waitFor();
    await show({ now: { stage: "ready", offer: { ...OFFER, version: "2.0.1" as Version }, installable: true } });
    await page.getByRole("button", { name: "Redémarrer et mettre à jour" }).click();
    expect(await heard("updates.install")).toEqual([undefined]);
    await tell((harness) => harness.settings({ language: "en" }), null);
  });

  it("says of a package that is replaced by hand that it is", async () => {
    await show({ now: { stage: "ready", offer: OFFER, installable: false } });
    await open.page.getByText("replaced by hand").waitFor();
    expect(await open.page.getByRole("button", { name: "Restart and update" }).count()).toBe(0);
  });

  it("has a sentence for every outcome, and the code of a problem for support", async () => {
    const { page } = open;
    for (const reason of HOLD_REASONS) {
      await show({ outcome: { kind: "hold", reason, version: null, words: "Because" } });
      await page.locator(`[data-code=${reason}]`).getByText("The publisher says: “Because”").waitFor();
    }
    for (const code of UPDATE_PROBLEMS) {
      await show({ outcome: { kind: "problem", code } });
      await page.locator(`[data-code=${code}] code`).waitFor();
    }
  });

  it("shows the publisher's words as text, whatever they are", async () => {
    await show({ outcome: { kind: "hold", reason: "HALTED", version: null, words: "<img src=x onerror=alert(1)>" } });
    await open.page.getByText("<img src=x onerror=alert(1)>").waitFor();
    expect(await open.page.locator("main img").count()).toBe(0);
  });

  it("leaves no complaint in the console", () => {
    expect(open.complaints).toEqual([]);
  });
});

import { beforeEach, describe, expect, it } from "vitest";
import { BAD_OFFER, CATALOG, IN_USE, OFFER, OTHERS, videoId } from "./harness/fake-content.ts";
import { harnessOfSuite } from "./harness/suite.ts";

const open = harnessOfSuite();
beforeEach(async () => {
  await open.page.reload();
  await open.page.locator("[data-screen=no-stick]").waitFor();
});

const showCatalog = () => open.runInHarness((harness, screen) => harness.screen(screen), CATALOG);
const dialog = () => open.page.getByRole("dialog");

async function offer(given = OFFER): Promise<void> {
  await open.runInHarness((harness, one) => harness.change({ offer: one }), given);
  await dialog().waitFor();
}

async function openLicense(): Promise<void> {
  await showCatalog();
  await open.page.getByRole("button", { name: "More" }).click();
  await open.page.getByRole("menuitem", { name: "License" }).click();
  await open.page.locator("[data-screen=license] [data-code]").first().waitFor();
}

describe("a license offered by a link", () => {
  it("is shown, and imported only by a press on Import", async () => {
    const { page, callInputs } = open;
    await showCatalog();
    await offer();
    expect(await dialog().textContent()).toContain("K-20411");
    expect(await dialog().textContent()).toContain("This one, “Côte d’Émeraude 2026”");
    expect(await callInputs("license.accept-offer")).toEqual([]);
    await page.getByRole("button", { name: "Import", exact: true }).click();
    await dialog().waitFor({ state: "detached" });
    expect(await callInputs("license.accept-offer")).toEqual([{ offerId: 1 }]);
    expect(await callInputs("license.import")).toEqual([]);
  });

  it.each(["Not now", "Escape", "Close"])("is declined with %s", async (way) => {
    const { page, callInputs } = open;
    await showCatalog();
    await offer();
    if (way === "Escape") await page.keyboard.press(way);
    else await page.getByRole("button", { name: way }).click();
    await dialog().waitFor({ state: "detached" });
    expect(await callInputs("license.accept-offer")).toEqual([]);
    expect(await callInputs("license.decline-offer")).toEqual([{ offerId: 1 }]);
  });

  it("does not take Enter as consent before the user has chosen a button", async () => {
    const { page, callInputs } = open;
    await showCatalog();
    await offer();
    await page.keyboard.press("Enter");
    await page.keyboard.press(" ");
    expect(await callInputs("license.accept-offer")).toEqual([]);
  });

  it("cannot be imported without a stick, and can be as soon as one is plugged in", async () => {
    await offer();
    expect(await dialog().textContent()).toContain("Plug its stick in to import it.");
    const accept = open.page.getByRole("button", { name: "Import", exact: true });
    expect(await accept.count()).toBe(0);
    await showCatalog();
    await accept.waitFor();
  });

  it("with an invalid signature is named as such, with no other content and no import button", async () => {
    await showCatalog();
    await offer(BAD_OFFER);
    await dialog().locator("[data-code=SIGNATURE_INVALID]").waitFor();
    expect(await dialog().textContent()).not.toContain("K-20411");
    expect(await open.page.getByRole("button", { name: "Import", exact: true }).count()).toBe(0);
  });

  it("explains why the import is refused", async () => {
    await showCatalog();
    await open.runInHarness((harness) => harness.refuse("license.accept-offer", "WRONG_DEVICE"));
    await offer();
    await open.page.getByRole("button", { name: "Import", exact: true }).click();
    await dialog().locator("[data-code=WRONG_DEVICE]").waitFor();
    expect(await open.page.getByRole("button", { name: "Import", exact: true }).count()).toBe(0);
  });

  it("waits until the player is closed", async () => {
    const { page, runInHarness } = open;
    await showCatalog();
    await page.getByRole("searchbox").fill("harbour");
    await page
      .getByRole("gridcell", { name: /^The harbour 30/ })
      .locator("[data-card]")
      .click();
    await page.locator("[data-screen=player]").waitFor();
    await runInHarness((harness, one) => harness.change({ offer: one }), OFFER);
    // The next event of the main process is shown, and the dialog is not.
    await runInHarness((harness, id) => harness.emit("player.fault", { videoId: id, code: "REMOVED" }), videoId(0));
    await page.locator("[data-code=REMOVED]").waitFor();
    expect(await dialog().count()).toBe(0);
    await page.keyboard.press("Escape");
    await dialog().waitFor();
  });
});

describe("returning a license", () => {
  it("explains the return, asks for confirmation, and shows the proof", async () => {
    const { page, callInputs } = open;
    await openLicense();
    await page.getByRole("button", { name: "Return this license…" }).click();
    expect(await dialog().textContent()).toContain("It stops working on this computer, for good");
    expect(await callInputs("license.return")).toEqual([]);
    await page.getByRole("button", { name: "Return it" }).click();
    const proof = page.getByRole("textbox", { name: "Proof of return" });
    await proof.waitFor();
    expect(await callInputs("license.return")).toEqual([{ licenseId: IN_USE.facts?.licenseId, seq: 3 }]);
    expect(await proof.inputValue()).toContain("BEGIN USB VIDEO VAULT RETURN PROOF");
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("Returned licenses");
    await page.getByRole("button", { name: "Save as a file" }).click();
    await page.getByText("Saved", { exact: true }).waitFor();
    expect(await callInputs("license.save-proof")).toEqual([{ licenseId: IN_USE.facts?.licenseId, seq: 3 }]);
    await page.getByRole("button", { name: "Copy", exact: true }).click();
    await page.getByText("Copied", { exact: true }).waitFor();
    expect(await open.app.evaluate(({ clipboard }) => clipboard.readText())).toContain("RETURN PROOF");
  });

  it("changes nothing when the user cancels", async () => {
    const { page, callInputs } = open;
    await openLicense();
    await page.getByRole("button", { name: "Return this license…" }).click();
    await page.getByRole("button", { name: "Not now" }).click();
    await dialog().waitFor({ state: "detached" });
    expect(await callInputs("license.return")).toEqual([]);
  });

  it("explains why it failed, and can be tried again", async () => {
    const { page, runInHarness } = open;
    await openLicense();
    await runInHarness((harness) => harness.refuse("license.return", "STATE_NOT_WRITTEN"));
    await page.getByRole("button", { name: "Return this license…" }).click();
    await page.getByRole("button", { name: "Return it" }).click();
    await dialog().locator("[data-code=STATE_NOT_WRITTEN]").waitFor();
    await runInHarness((harness) => harness.refuse("license.return", null));
    await page.getByRole("button", { name: "Return it" }).click();
    await page.getByRole("textbox", { name: "Proof of return" }).waitFor();
  });

  it("is not offered for a license that a passphrase opens on any computer", async () => {
    const { page, runInHarness } = open;
    const [spare] = OTHERS;
    await runInHarness((harness, entry) => harness.licenses([{ ...entry, status: "in-use" }]), spare as typeof IN_USE);
    await openLicense();
    expect(await page.getByRole("button", { name: "Return this license…" }).count()).toBe(0);
  });
});

describe("the diagnostics", () => {
  it("are copied with one press, and the same text can be read", async () => {
    const { page, callInputs } = open;
    await page.getByRole("button", { name: "Settings" }).click();
    await page.getByRole("button", { name: "Copy diagnostics" }).click();
    await page.getByText("Copied", { exact: true }).waitFor();
    expect(await callInputs("diagnostics.copy")).toHaveLength(1);
    await page.getByText("Show what was copied").click();
    expect(await page.getByRole("group", { name: "Diagnostics" }).textContent()).toContain("app: 0.1.0");
  });
});

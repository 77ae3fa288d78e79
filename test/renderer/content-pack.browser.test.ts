import { beforeEach, expect, it } from "vitest";
import { CATALOG, LOCKED, NO_STICK, PACK } from "./harness/fake-content.ts";
import type { Harness } from "./harness/fake-vault.ts";
import { harnessOfSuite } from "./harness/suite.ts";

const open = harnessOfSuite();
beforeEach(async () => {
  await open.page.reload();
  await open.page.locator("[data-screen=no-stick]").waitFor();
});

const dialog = () => open.page.getByRole("dialog");

const givenPacks = () => open.page.evaluate(() => (globalThis as unknown as { harness: Harness }).harness.givenPacks);

async function drop(name: string): Promise<void> {
  await open.page.evaluate((fileName) => {
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File([new Uint8Array(200_000)], fileName));
    document.dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true }));
  }, name);
}

it.each([
  ["no stick", NO_STICK],
  ["a locked stick", LOCKED],
  ["the catalog", CATALOG],
])("is taken wherever it is dropped, and is not mistaken for a license: %s", async (_where, screen) => {
  await open.runInHarness((harness, next) => harness.screen(next), screen);
  await drop("S1-v2.UVVPACK");
  await expect.poll(givenPacks).toEqual(["S1-v2.UVVPACK"]);
  expect(await open.callInputs("license.import")).toEqual([]);
  expect(await open.page.getByText("MALFORMED").count()).toBe(0);
});

it("asks for the file if what was dropped is not on a disk, such as an attachment of a mail", async () => {
  await drop("nowhere.uvvpack");
  await expect.poll(() => open.callInputs("pack.choose-file")).toHaveLength(1);
});

it("is written only by a press on Add; while it is written only Stop ends the dialog", async () => {
  const { page, callInputs } = open;
  await open.runInHarness((harness, pack) => harness.change({ pack }), PACK);
  await dialog().waitFor();
  expect(await dialog().textContent()).toContain("Côte d’Émeraude 2026");
  expect(await callInputs("pack.accept")).toEqual([]);
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await page.locator("[data-pack=writing]").waitFor();
  expect(await callInputs("pack.accept")).toEqual([{ id: 1 }]);
  await page.keyboard.press("Escape");
  await page.mouse.click(5, 5);
  expect(await callInputs("pack.dismiss")).toEqual([]);
  await page.getByRole("button", { name: "Stop" }).click();
  await dialog().waitFor({ state: "detached" });
  expect(await callInputs("pack.dismiss")).toEqual([{ id: 1 }]);
});

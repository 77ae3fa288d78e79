import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright";
import { beforeAll, expect, it } from "vitest";
import type { VaultBridge } from "../../src-shared/ipc/index.ts";
import { launchApp, screenshotPath, startAgain } from "./launch.ts";
import { clip, expectDone, issuePassphraseLicense, packStick, vaultctl } from "./publisher.ts";
import { suiteFolder } from "./suite-folder.ts";
import { pasteLicense, unlock, untilPlaying, videoState } from "./viewer.ts";

const folder = suiteFolder();
let published: { readonly keys: string; readonly trust: string };
type Sold = {
  readonly root: string;
  readonly license: ReturnType<typeof issuePassphraseLicense>;
  readonly pack: string;
};
/** Sticks with their licenses, and the packs that were made for them later: the keychain remembers what was on each stick. */
const sold: Sold[] = [];
beforeAll(() => {
  const { keys, stick: master, trust } = packStick(folder(), ["harbour.mp4"]);
  published = { keys, trust };
  const roots = ["one", "two", "three"].map((name) => join(folder(), name));
  for (const root of roots) mkdirSync(root);
  expectDone(vaultctl("stick", "produce", ...roots, "--master", master, "--keys", keys));
  const licenses = roots.map((stick, index) => issuePassphraseLicense({ keys, stick }, `license-${index}`));
  // From here on the sticks are at their customers'.
  expectDone(vaultctl("add", "--stick", master, "--keys", keys, "--no-trial", clip("lighthouse.mp4")));
  for (const [index, root] of roots.entries()) {
    const pack = join(folder(), `S${index + 2}-v2.uvvpack`);
    expectDone(vaultctl("stick", "content-pack", `S${index + 2}`, "--master", master, "--keys", keys, "--out", pack));
    sold.push({ root, license: licenses[index]!, pack });
  }
});

/** Drops a file of this computer on the window, as the file manager does. */
async function drop(page: Page, path: string): Promise<void> {
  await page.evaluate(() => {
    const input = document.createElement("input");
    input.type = "file";
    input.id = "dropped";
    document.body.append(input);
  });
  await page.locator("#dropped").setInputFiles(path);
  await page.evaluate(() => {
    const input = document.querySelector<HTMLInputElement>("#dropped");
    const dataTransfer = new DataTransfer();
    for (const file of input?.files ?? []) dataTransfer.items.add(file);
    input?.remove();
    document.dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true }));
  });
}

it("dropped on the window, it brings the new lesson onto the stick, and the lesson plays without another license", async () => {
  const { trust } = published;
  const { root, license, pack } = sold[0]!;
  const { page } = await launchApp({ userData: join(folder(), "dropped-data"), trust, vaults: [root] });
  await page.locator("[data-screen=locked]").waitFor();
  await pasteLicense(page, license.text);
  await unlock(page, license.passphrase);
  await expect.poll(() => page.getByRole("gridcell").count()).toBe(1);
  await drop(page, pack);
  await page.locator("[data-pack=offered]").waitFor();
  await page.getByText("Le port").first().waitFor();
  await page.screenshot({ path: screenshotPath("content-pack-offered-en") });
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await page.locator("[data-pack=done]").waitFor();
  await page.screenshot({ path: screenshotPath("content-pack-done-en") });
  await page.getByRole("dialog").getByRole("button", { name: "Close" }).last().click();
  await expect.poll(() => page.getByRole("gridcell").count()).toBe(2);
  await page.waitForFunction(() => [...document.images].every((image) => image.complete && image.naturalWidth > 0));
  await page.screenshot({ path: screenshotPath("content-pack-catalog-en") });
  await page.getByRole("gridcell").filter({ hasText: "The lighthouse" }).click();
  await untilPlaying(page, 1);
  expect((await videoState(page)).width).toBeGreaterThan(0);
  await page.screenshot({ path: screenshotPath("content-pack-playing-en") });
  expect(readdirSync(join(root, "VAULT"))).toContain("manifest.2.jws");
  expect(readdirSync(join(root, "VAULT"))).not.toContain("manifest.1.jws");
});

it("opened with the app, or chosen in the dialog, it is offered too; what is wrong is said in French", async () => {
  const { trust } = published;
  const { root, license, pack } = sold[1]!;
  const userData = join(folder(), "opened-data");
  const { app, page } = await launchApp({ userData, trust, vaults: [root], language: "fr" });
  await page.locator("[data-screen=locked]").waitFor();
  await startAgain(userData, pack);
  await page.locator("[data-pack=offered]").waitFor();
  await page.screenshot({ path: screenshotPath("content-pack-offered-fr") });
  await page.getByRole("button", { name: "Pas maintenant" }).click();
  expect(readdirSync(join(root, "VAULT"))).not.toContain("manifest.2.jws");
  await pasteLicense(page, license.text);
  await unlock(page, license.passphrase);
  await app.evaluate(({ dialog }, path) => {
    dialog.showOpenDialog = async () => ({ canceled: false, filePaths: [path] });
  }, pack);
  await page.getByRole("button", { name: "Plus" }).click();
  await page.getByRole("menuitem", { name: "Ajouter un contenu…" }).click();
  await page.getByRole("button", { name: "Ajouter", exact: true }).click();
  await page.locator("[data-pack=done]").waitFor();
  await page.getByRole("dialog").getByRole("button", { name: "Fermer" }).last().click();
  await drop(page, pack);
  await page.locator("[data-code=PACK_PRESENT]").waitFor();
  await page.screenshot({ path: screenshotPath("content-pack-present-fr") });
});

it("the page has no path and cannot make one: a file that it made itself goes nowhere", async () => {
  const { trust } = published;
  const userData = join(folder(), "made-data");
  const { page } = await launchApp({ userData, trust, vaults: [sold[2]!.root] });
  await page.locator("[data-screen=locked]").waitFor();
  const { taken, names } = await page.evaluate(async () => {
    const { vault } = globalThis as unknown as { vault: VaultBridge };
    const answers = [
      await vault.givePack(new File(["UVVPACK1"], "/etc/passwd.uvvpack")),
      await vault.givePack({ path: "/etc/passwd" }),
    ];
    return { taken: answers, names: Object.keys(vault) };
  });
  expect(taken).toEqual([false, false]);
  expect(names.toSorted()).toEqual(["call", "givePack", "on"]);
  const refused = await page.evaluate(() => {
    const { vault } = globalThis as unknown as { vault: VaultBridge };
    return vault.call("pack.given" as never, "/etc/passwd" as never);
  });
  expect(refused).toEqual({ ok: false, error: { code: "BAD_REQUEST" } });
  expect(await page.locator("[data-pack]").count()).toBe(0);
});

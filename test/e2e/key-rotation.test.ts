import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright";
import { beforeAll, expect, it } from "vitest";
import { launchApp, screenshotPath } from "./launch.ts";
import { expectDone, packStick, vaultctl } from "./publisher.ts";
import { suiteFolder } from "./suite-folder.ts";
import { pasteLicense } from "./viewer.ts";

const folder = suiteFolder();
let published: ReturnType<typeof packStick>;
/** The keys as the app was built with them, before any rotation. */
let builtWith: string;
beforeAll(() => {
  published = packStick(folder(), ["lighthouse.mp4"]);
  builtWith = join(folder(), "built-with");
  mkdirSync(builtWith);
  cpSync(published.trust, builtWith, { recursive: true });
});

const start = () => launchApp({ userData: join(folder(), "app"), trust: builtWith, vaults: [published.stick] });

async function askForLicense(page: Page): Promise<string> {
  await page.getByRole("button", { name: "Create an activation request" }).click();
  const file = join(folder(), "device.uvvreq");
  writeFileSync(file, await page.getByRole("textbox", { name: "Activation request" }).inputValue());
  return file;
}

function issue(request: string): { lid: string; text: string } {
  const out = join(folder(), "first.uvvlic");
  const terms = ["--for", "C-0009", "--days", "90", "--request", request, "--out", out];
  const issued = vaultctl("license", "issue", "--keys", published.keys, "--stick", published.stick, ...terms);
  expectDone(issued);
  return { lid: String(issued.json["lid"]), text: readFileSync(out, "utf8") };
}

function renew(lid: string): string {
  const out = join(folder(), "second.uvvlic");
  expectDone(vaultctl("license", "renew", lid, "--keys", published.keys, "--days", "90", "--out", out));
  return readFileSync(out, "utf8");
}

it("an app that does not know a new issuer key learns it from the stick, and never forgets it", async () => {
  const first = await start();
  const { lid, text } = issue(await askForLicense(first.page));
  await pasteLicense(first.page, text);
  await first.page.locator("[data-screen=catalog]").waitFor();
  await first.close();

  expectDone(vaultctl("keys", "rotate", "--keys", published.keys, "--role", "license-issuer", "--yes"));
  expectDone(vaultctl("keys", "publish", "--keys", published.keys, "--stick", published.stick));
  const second = await start();
  await second.page.locator("[data-code=KEY_UNKNOWN]").waitFor();
  await second.page.screenshot({ path: screenshotPath("retired-key-en") });
  await pasteLicense(second.page, renew(lid));
  await second.page.locator("[data-screen=catalog]").waitFor();
  await second.close();

  // A stick from before the rotation: the app remembers the newer keys, and the license is on this computer.
  rmSync(join(published.stick, "VAULT", "keys.uvvkeys"));
  const third = await start();
  await third.page.locator("[data-screen=catalog]").waitFor();
  await third.close();

  rmSync(join(folder(), "app", "keys.uvvkeys"));
  const fourth = await start();
  await fourth.page.locator("[data-code=KEYS_LOST]").waitFor();
  await fourth.page.screenshot({ path: screenshotPath("keys-lost-en") });
  // The solution: a stick that has them.
  expectDone(vaultctl("keys", "publish", "--keys", published.keys, "--stick", published.stick));
  await fourth.close();
  const fifth = await start();
  await fifth.page.locator("[data-screen=catalog]").waitFor();
  expect(readFileSync(join(folder(), "app", "keys.uvvkeys"), "utf8")).toBe(
    readFileSync(join(published.stick, "VAULT", "keys.uvvkeys"), "utf8"),
  );
});

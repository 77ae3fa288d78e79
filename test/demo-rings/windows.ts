import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ElectronApplication, Page } from "playwright";
import { driveElectron } from "../../build/drive-electron.ts";
import { projectRoot } from "../../build/electron-runtime.ts";
import type { RingControl } from "./ring-control.ts";
import { FOLDER, KEYS, STICK, TRUST, type DemoFixture } from "./demo-fixture.ts";

export type Window = { readonly app: ElectronApplication; readonly page: Page };

/** The console in a browser. */
export async function openConsole({ url }: RingControl): Promise<Window> {
  const browser = join(import.meta.dirname, "..", "e2e", "browser-main.cjs");
  const profile = `--user-data-dir=${join(FOLDER, "browser")}`;
  const environment = { BROWSE_TO: `${url}/console` };
  const app = await driveElectron(["--disable-gpu", profile, "--lang=en", browser], environment);
  const page = await app.firstWindow();
  await page.setViewportSize({ width: 1280, height: 1000 });
  return { app, page };
}

/** Takes a picture of the console as the release manager sees it. She logs in again if her session has expired. */
export async function pictureOfConsole({ page }: Window, { manager }: RingControl, path: string): Promise<void> {
  await page.reload();
  const name = page.locator("input[name=name]");
  if ((await name.count()) > 0) {
    await name.fill(manager.name);
    await page.locator("input[name=password]").fill(manager.password);
    await page.keyboard.press("Enter");
  }
  await page.locator("#rings").waitFor();
  await page.screenshot({ path, fullPage: true });
}

/** The real app on a pilot's computer: activated for ring1, with consent to telemetry. */
export async function openPilotsApp({ publisher }: DemoFixture, feed: string, ingest: string): Promise<Window> {
  const profile = [`--user-data-dir=${join(FOLDER, "pilot")}`, "--lang=en"];
  const settings = ["--vault", STICK, "--trust", TRUST, "--feed", feed, "--ingest", ingest, "--package-kind", "deb"];
  const app = await driveElectron(["--disable-gpu", ...profile, projectRoot, ...settings]);
  const page = await app.firstWindow();
  page.setDefaultTimeout(30_000);
  await page.getByRole("button", { name: "Create an activation request" }).click();
  const [request, license] = [join(FOLDER, "pilot.uvvreq"), join(FOLDER, "pilot.uvvlic")];
  writeFileSync(request, await page.getByRole("textbox", { name: "Activation request" }).inputValue());
  const terms = ["--for", "C-pilot", "--days", "90", "--ring", "ring1", "--enrol", "--request", request];
  await publisher.run("license", "issue", "--keys", KEYS, "--stick", STICK, ...terms, "--out", license);
  await page.evaluate(
    (text) => {
      const clipboardData = new DataTransfer();
      clipboardData.setData("text/plain", text);
      document.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
    },
    readFileSync(license, "utf8"),
  );
  await page.locator("[data-screen=catalog]").waitFor();
  await page.getByRole("button", { name: "I agree" }).click();
  await page.getByRole("gridcell").first().click();
  await page.waitForFunction(() => (document.querySelector("video")?.currentTime ?? 0) > 1);
  await page.keyboard.press("Escape");
  await page.locator("[data-screen=catalog]").waitFor();
  return { app, page };
}

export async function openUpdates(page: Page): Promise<void> {
  await page.getByRole("button", { name: "More" }).click();
  await page.getByRole("menuitem", { name: "Settings" }).click();
  await page.getByRole("heading", { name: "Updates", exact: true }).waitFor();
}

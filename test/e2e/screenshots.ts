import type { VaultBridge } from "../../src-shared/ipc/index.ts";
import { findingsOn } from "../renderer/harness/axe.ts";
import { type RunningApp, screenshotPath } from "./launch.ts";

declare const window: { readonly vault: VaultBridge };

// Both ends of the sizes, both languages and both appearances; the other pairs are checked on every screen of the page
// alone, in harness.browser.test.ts.
const VIEWS = [
  { width: 1920, height: 1080, language: "en", appearance: "light" },
  { width: 960, height: 640, language: "fr", appearance: "dark" },
] as const;
/** What the tests go on with. */
const USUAL = { width: 1280, height: 800, language: "en", appearance: "dark" } as const;

type View = (typeof VIEWS)[number] | typeof USUAL;

/**
 * Takes screenshots of the window in each size, language and appearance, and returns what axe finds in them. Ends in
 * English, dark, 1280 x 800.
 */
export async function captureViews(running: RunningApp, name: string): Promise<string[]> {
  const findings: string[] = [];
  for (const view of VIEWS) {
    await change(running, view);
    const { width, height, language, appearance } = view;
    await running.page.screenshot({ path: screenshotPath(`${name}-${width}x${height}-${language}-${appearance}`) });
    findings.push(...(await findingsOn(running.page)).map((found) => `${language} ${found}`));
  }
  await change(running, USUAL);
  return findings;
}

async function change({ app, page }: RunningApp, { width, height, language, appearance }: View): Promise<void> {
  await app.evaluate(
    ({ BrowserWindow }, size) => {
      BrowserWindow.getAllWindows()[0]?.setContentSize(size.width, size.height);
    },
    { width, height },
  );
  await page.evaluate((settings) => window.vault.call("settings.change", settings), { language, appearance });
  await page.waitForFunction((wanted) => document.documentElement.lang === wanted, language);
  // The colours change within a few hundred milliseconds.
  await page.waitForFunction(() => document.getAnimations().every(({ playState }) => playState !== "running"));
}

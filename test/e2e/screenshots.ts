import type { VaultBridge } from "../../src-shared/ipc/index.ts";
import { findingsOn } from "../renderer/harness/axe.ts";
import { type RunningApp, screenshotPath } from "./launch.ts";

declare const window: { readonly vault: VaultBridge };

const VIEWS = [
  { width: 1280, height: 800, language: "fr", appearance: "light" },
  { width: 1920, height: 1080, language: "en", appearance: "light" },
  { width: 960, height: 640, language: "fr", appearance: "dark" },
  { width: 1280, height: 800, language: "en", appearance: "dark" },
] as const;

/**
 * Takes pictures of what is shown, in each size, language and appearance, and gives what axe finds in them. Ends in
 * English, dark, 1280 x 800.
 */
export async function captureViews({ app, page }: RunningApp, name: string): Promise<string[]> {
  const findings: string[] = [];
  for (const view of VIEWS) {
    const { width, height, language, appearance } = view;
    await app.evaluate(({ BrowserWindow }, size) => {
      BrowserWindow.getAllWindows()[0]?.setContentSize(size.width, size.height);
    }, view);
    await page.evaluate((settings) => window.vault.call("settings.change", settings), { language, appearance });
    await page.waitForFunction((wanted) => document.documentElement.lang === wanted, language);
    // Colours pass from one appearance to the other in a few hundred milliseconds.
    await page.waitForFunction(() => document.getAnimations().every(({ playState }) => playState !== "running"));
    await page.screenshot({ path: screenshotPath(`${name}-${width}x${height}-${language}-${appearance}`) });
    findings.push(...(await findingsOn(page)).map((found) => `${language} ${found}`));
  }
  return findings;
}

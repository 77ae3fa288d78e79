import type { Page } from "playwright";
import { vi } from "vitest";
import { endAll, installedVersion, windowOf } from "./installed-app.ts";

// The user's actions in the update settings of an installed app.

export async function settingsOf(userData: string): Promise<{ page: Page; close: () => void }> {
  const { page } = await windowOf(userData);
  await page.locator("[data-screen=locked], [data-screen=catalog]").waitFor();
  return { page, close: () => endAll(userData) };
}

export async function openSettings(page: Page): Promise<void> {
  const isLocked = (await page.locator("[data-screen=locked]").count()) > 0;
  if (isLocked) await page.getByRole("button", { name: "Settings" }).click();
  else {
    await page.getByRole("button", { name: "More" }).click();
    await page.getByRole("menuitem", { name: "Settings" }).click();
  }
  await page.getByRole("heading", { name: "Updates", exact: true }).waitFor();
}

export async function checkForUpdates(
  page: Page,
  where: "Check now" | "Check this stick" = "Check now",
): Promise<void> {
  // The app also checks by itself soon after its start; the click waits until the button is enabled again.
  await page.getByRole("button", { name: where }).click();
  await page
    .locator("section[data-stage=checking]")
    .waitFor({ timeout: 3_000 })
    .catch(() => undefined);
  await page
    .locator(
      "section[data-stage=ready], section[data-stage=idle] [role=status], section[data-stage=idle]:has-text('is up to date')",
    )
    .first()
    .waitFor();
}

/** Restarts into the update, and returns the window of the new version. */
export async function restartInto(page: Page, userData: string, version: string) {
  await page.getByRole("button", { name: "Restart and update" }).click();
  await vi.waitUntil(() => installedVersion() === version, { timeout: 90_000, interval: 200 });
  return settingsOf(userData);
}

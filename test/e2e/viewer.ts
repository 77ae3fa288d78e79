import type { Page } from "playwright";

// The actions of a viewer, by the accessible names of the elements.

/** Pastes a license with the line wrapping of mail programs. */
export async function pasteLicense(page: Page, text: string): Promise<void> {
  await page.evaluate((license) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData("text/plain", license);
    document.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
  }, text);
}

export async function unlock(page: Page, passphrase: string): Promise<void> {
  await page.getByRole("textbox").first().fill(passphrase);
  await page.keyboard.press("Enter");
  await page.locator("[data-screen=catalog]").waitFor();
}

export async function playFirst(page: Page): Promise<void> {
  await page.getByRole("gridcell").first().click();
  await untilPlaying(page, 0.5);
}

/** Waits until the playback has passed `seconds`. */
export async function untilPlaying(page: Page, seconds: number): Promise<void> {
  await page.waitForFunction((target) => {
    const video = document.querySelector("video");
    return video !== null && !video.paused && video.readyState >= 3 && video.currentTime > target;
  }, seconds);
}

export function videoState(page: Page): Promise<{ time: number; paused: boolean; width: number }> {
  return page.evaluate(() => {
    const video = document.querySelector("video");
    if (!video) throw new Error("no video on the screen");
    return { time: video.currentTime, paused: video.paused, width: video.videoWidth };
  });
}

/**
 * Closes the page of a title with Escape. Keys are lost for a moment after a menu has gone and after the page has gone,
 * until the focus is back; a viewer is slower than that.
 */
export async function closeTitlePage(page: Page): Promise<void> {
  await page.getByRole("menu").waitFor({ state: "detached" });
  await page.locator("[role=dialog]:focus-within").waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await page.locator("[role=grid]:focus-within").waitFor();
}

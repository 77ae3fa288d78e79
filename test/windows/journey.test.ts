import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright";
import { afterAll, beforeAll, expect, it } from "vitest";
import { windowsPath } from "../../build/windows/places.ts";
import { packAsIs } from "../e2e/pack-as-is.ts";
import { clip, issuePassphraseLicense, packStick } from "../e2e/publisher.ts";
import { suiteFolder } from "../e2e/suite-folder.ts";
import { playFirst, unlock, untilPlaying, videoState } from "../e2e/viewer.ts";
import { runFfmpeg } from "../ops/support/make-film.ts";
import { type Computer, newComputer } from "./computer.ts";
import { capture, explainFailures, profileOn, startAgainOn, startOn, type WindowsApp } from "./windows-app.ts";

// A viewer's day with one stick, in order: each test goes on where the one before ended.
const folder = suiteFolder();
let published: ReturnType<typeof packStick>;
let license: ReturnType<typeof issuePassphraseLicense>;
let computer: Computer;
let app: WindowsApp | undefined;
let page: Page;

beforeAll(async () => {
  published = packStick(folder(), ["harbour.mp4"]);
  const waves = runFfmpeg(
    `-stream_loop 5 -i ${clip("harbour.mp4")} -c copy -movflags +faststart`,
    join(folder(), "waves.mp4"),
  );
  await packAsIs(published, [{ path: waves, title: "Waves", durationSeconds: 180 }]);
  damageLargest(published.stick);
  license = issuePassphraseLicense(published);
  computer = newComputer();
});
afterAll(() => computer.remove());
explainFailures(() => app);

/** Overwrites some bytes in the second half of the largest film. */
function damageLargest(stick: string): void {
  const data = join(stick, "VAULT", "data");
  const parts = readdirSync(data).map((id) => join(data, id, "000"));
  const [largest = ""] = parts.toSorted((a, b) => statSync(b).size - statSync(a).size);
  const bytes = readFileSync(largest);
  bytes.fill(0x55, Math.floor(bytes.length * 0.6), Math.floor(bytes.length * 0.7));
  writeFileSync(largest, bytes);
}

it("starts in the language of Windows, keeps its files in the profile of Élodie Côté, and finds no stick", async () => {
  app = await startOn(computer, published);
  ({ page } = app);
  await page.locator("[data-screen=no-stick]").waitFor();
  await page.getByText("Branchez votre clé").waitFor();
  await capture(page, "no-stick");
  expect(existsSync(join(profileOn(computer), "logs"))).toBe(true);
});

it("shows the stick that appears on E:, and that it needs a license", async () => {
  computer.plug("E", published.stick);
  await page.locator("[data-screen=locked]").waitFor();
  await page.locator("[data-code=MISSING]").waitFor();
  await capture(page, "locked");
});

it("takes a license file that is opened in the Explorer, by a second instance that ends", async () => {
  const file = join(folder(), "license.uvvlic");
  expect(await startAgainOn(computer, { ...published, args: [windowsPath(file)] })).toBe(0);
  await page.getByRole("dialog").getByText("C-0042").waitFor();
  await capture(page, "license-offer");
  await page.getByRole("button", { name: "Importer", exact: true }).click();
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await unlock(page, license.passphrase);
  await capture(page, "catalog");
});

it("plays, seeks, changes the speed and shows subtitles", async () => {
  await playFirst(page);
  await untilPlaying(page, 2);
  expect((await videoState(page)).width).toBe(640);
  await capture(page, "playing");
  await page.keyboard.press("l");
  await untilPlaying(page, 10);
  // On a slow machine the film would go on to its end.
  await page.keyboard.press("Space");
  await page.waitForFunction(() => document.querySelector("video")?.paused === true);
  await page.keyboard.press("ArrowLeft");
  await page.waitForFunction(() => (document.querySelector("video")?.currentTime ?? 99) < 10);
  await page.keyboard.press(">");
  expect(await page.evaluate(() => document.querySelector("video")?.playbackRate)).toBeGreaterThan(1);
  await page.keyboard.press("Space");
  await page.keyboard.press("c");
  await page.waitForFunction(() =>
    Array.from(document.querySelector("video")?.textTracks ?? []).some(
      (track) => track.mode === "showing" && (track.activeCues?.length ?? 0) > 0,
    ),
  );
  await capture(page, "subtitles");
});

/** Goes back in the film, so that it does not end while something else happens. */
async function fromTheStart(): Promise<void> {
  await page.evaluate(() => Object.assign(document.querySelector("video") ?? {}, { currentTime: 1 }));
  await untilPlaying(page, 1);
}

it("freezes the picture when the stick is pulled, and goes on when it is back", async () => {
  await fromTheStart();
  computer.unplug("E");
  await page.locator("[data-code=REMOVED]").waitFor();
  await capture(page, "removed");
  const frozen = await videoState(page);
  computer.plug("E", published.stick);
  await page.locator("[data-code=REMOVED]").waitFor({ state: "detached" });
  await untilPlaying(page, frozen.time + 0.5);
});

it("goes on when the stick comes back under another letter", async () => {
  await fromTheStart();
  computer.unplug("E");
  await page.locator("[data-code=REMOVED]").waitFor();
  const frozen = await videoState(page);
  computer.plug("F", published.stick);
  await page.locator("[data-code=REMOVED]").waitFor({ state: "detached" });
  await untilPlaying(page, frozen.time + 0.5);
  await capture(page, "other-letter");
});

it("calls a film with changed bytes damaged, and plays the part before them", async () => {
  await page.keyboard.press("Escape");
  await page.getByRole("gridcell", { name: /^Waves/ }).click();
  await untilPlaying(page, 0.5);
  await page.evaluate(() => Object.assign(document.querySelector("video") ?? {}, { currentTime: 120 }));
  const message = page.locator("[data-code=DAMAGED]");
  await message.waitFor();
  await capture(page, "damaged");
  await message.getByRole("button", { name: "Depuis le début" }).click();
  await untilPlaying(page, 0.5);
  expect((await videoState(page)).time).toBeLessThan(60);
});

it("ejects the stick", async () => {
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Éjecter sans risque" }).click();
  await page.getByText("Vous pouvez débrancher la clé USB.").waitFor();
  await capture(page, "ejected");
});

it("ends when its window is closed", () => app?.close());

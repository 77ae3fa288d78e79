import { closeSync, openSync, readdirSync, readFileSync, statSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { VaultBridge } from "../../src-shared/ipc/index.ts";
import type { Language } from "../../src-shared/languages.ts";
import { runFfmpeg } from "../ops/support/make-film.ts";
import { type RunningApp, screenshotPath, startApp } from "./launch.ts";
import { packAsIs } from "./pack-as-is.ts";
import { clip, issuePassphraseLicense, packStick } from "./publisher.ts";
import { suiteFolder } from "./suite-folder.ts";
import { pasteLicense, unlock, untilPlaying, videoState } from "./viewer.ts";

declare const window: { readonly vault: VaultBridge };

const folder = suiteFolder();
let published: ReturnType<typeof packStick>;
let running: RunningApp;
let page: Page;

const PICTURE = "-f lavfi -i testsrc2=s=320x180:r=25:d=12";
const TONE = "-f lavfi -i sine=440:sample_rate=48000:d=12";
const H264 = "-c:v libx264 -preset medium -g 25 -pix_fmt yuv420p -c:a aac";

/** A film whose container is whole, with rubbish instead of some seconds of its samples. */
function makeRubbish(): string {
  const path = runFfmpeg(`${PICTURE} ${TONE} ${H264} -movflags +faststart`, join(folder(), "rubbish.mp4"));
  const bytes = readFileSync(path);
  const middle = Math.floor(bytes.length / 2);
  for (let at = middle; at < middle * 1.6; at++) bytes[at] = (at * 167 + (at >> 7)) % 251;
  writeFileSync(path, bytes);
  return path;
}

/** Overwrites some bytes in the middle of the largest file of the stick. */
function damageLargest(stick: string): void {
  const data = join(stick, "VAULT", "data");
  const parts = readdirSync(data).map((id) => join(data, id, "000"));
  const [largest = ""] = parts.toSorted((a, b) => statSync(b).size - statSync(a).size);
  const file = openSync(largest, "r+");
  writeSync(file, Buffer.alloc(100_000, 0x55), 0, 100_000, 15_000_000);
  closeSync(file);
}

beforeAll(async () => {
  published = packStick(folder(), ["lighthouse.mp4"]);
  const { stick, trust } = published;
  const live = runFfmpeg(`${PICTURE} ${TONE} ${H264} -f matroska -live 1`, join(folder(), "live.mkv"));
  const hevc = runFfmpeg(
    `${PICTURE} ${TONE} -c:v libx265 -preset ultrafast -x265-params log-level=0 -c:a aac`,
    join(folder(), "hevc.mkv"),
  );
  const long = join(folder(), "long.mp4");
  runFfmpeg(`-stream_loop 19 -i ${clip("harbour.mp4")} -c copy -movflags +faststart`, long);
  await packAsIs(published, [
    { path: live, title: "Without index", durationSeconds: 12 },
    { path: hevc, title: "Unknown codec", durationSeconds: 12 },
    { path: makeRubbish(), title: "Rubbish inside", durationSeconds: 12 },
    { path: long, title: "Changed bytes", durationSeconds: 600 },
  ]);
  damageLargest(stick);
  const license = issuePassphraseLicense(published);
  running = await startApp({ userData: join(folder(), "profile"), trust, vaults: [stick] });
  ({ page } = running);
  await page.locator("[data-screen=locked]").waitFor();
  await pasteLicense(page, license.text);
  await unlock(page, license.passphrase);
});

afterAll(() => running.close());

const open = (title: string) => page.getByRole("gridcell", { name: new RegExp(`^${title}`) }).click();
const message = (code: string) => page.locator(`[data-code=${code}]`);
const press = (code: string, name: string) => message(code).getByRole("button", { name }).click();
const leave = async () => {
  await page.keyboard.press("Escape");
  await page.locator("[data-screen=catalog]").waitFor();
};

/** Shows the message in each language. */
async function capture(code: string, words: { readonly [language in Language]: string }): Promise<void> {
  for (const language of ["fr", "en"] as const) {
    await page.evaluate((chosen) => window.vault.call("settings.change", { language: chosen }), language);
    await message(code).getByText(words[language]).waitFor();
    await page.screenshot({ path: screenshotPath(`player-${code.toLowerCase()}-${language}`) });
  }
}

it("a film that cannot jump says so, and is never called damaged; it plays from the beginning", async () => {
  await open("Without index");
  await untilPlaying(page, 1);
  // Between two key frames, where the decoder has nothing to begin with.
  await page.evaluate(() => Object.assign(document.querySelector("video") ?? {}, { currentTime: 5.5 }));
  await message("UNSEEKABLE").waitFor();
  await capture("UNSEEKABLE", { fr: "ne peut pas sauter", en: "cannot jump" });
  await press("UNSEEKABLE", "From the beginning");
  await untilPlaying(page, 1);
  expect((await videoState(page)).time).toBeLessThan(4);
  await leave();
});

it("a position that leads back into the fault does not trap the viewer", async () => {
  await page.evaluate(async () => {
    const videos = await window.vault.call("catalog.list", undefined);
    const videoId = videos.ok && videos.value.items.find(({ title }) => title === "Without index")?.id;
    if (videoId) await window.vault.call("player.progress", { videoId, positionSeconds: 5.5 });
  });
  await open("Without index");
  await message("UNSEEKABLE").waitFor();
  await leave();
  await open("Without index");
  await untilPlaying(page, 1);
  await leave();
});

it("a film without a picture that the app can decode says so", async () => {
  await open("Unknown codec");
  await message("UNDECODABLE").waitFor();
  await capture("UNDECODABLE", { fr: "n’arrive pas à lire", en: "cannot play this video" });
  await press("UNDECODABLE", "Try again");
  await message("UNDECODABLE").waitFor();
  await leave();
});

it("a place that no decoder can read is decoder trouble, and the beginning can be watched", async () => {
  await open("Rubbish inside");
  await message("UNDECODABLE").waitFor();
  const reached = (await videoState(page)).time;
  expect(reached).toBeGreaterThan(3);
  await press("UNDECODABLE", "From the beginning");
  await untilPlaying(page, 1);
  expect((await videoState(page)).time).toBeLessThan(reached);
  await leave();
});

it("bytes that do not match their seal are damage, whose beginning can still be watched", async () => {
  await open("Changed bytes");
  await untilPlaying(page, 0.5);
  await page.evaluate(() => Object.assign(document.querySelector("video") ?? {}, { currentTime: 438 }));
  await message("DAMAGED").waitFor();
  await capture("DAMAGED", { fr: "Pour remplacer la clé", en: "To replace the stick" });
  await press("DAMAGED", "Try again");
  await message("DAMAGED").waitFor();
  await press("DAMAGED", "From the beginning");
  await untilPlaying(page, 0.5);
  expect((await videoState(page)).time).toBeLessThan(10);
  await leave();
});

import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import { GIB } from "../../src-shared/units.ts";
import { benchFilms } from "../bench/films.ts";
import { launchApp, screenshotPath } from "../e2e/launch.ts";
import { expectDone, issuePassphraseLicense, vaultctl } from "../e2e/publisher.ts";
import { suiteFolder } from "../e2e/suite-folder.ts";
import { pasteLicense, playFirst, unlock } from "../e2e/viewer.ts";

const folder = suiteFolder();
let published: { keys: string; stick: string; trust: string };

beforeAll(() => {
  const film = join(folder(), "large.mp4");
  // Two minutes of 720p, repeated to more than an hour and 2 GiB.
  execFileSync("ffmpeg", ["-loglevel", "error", "-stream_loop", "37", "-i", benchFilms().film, "-c", "copy", film]);
  expect(statSync(film).size).toBeGreaterThan(2 * GIB);
  const keys = join(folder(), "keys");
  const stick = join(folder(), "stick");
  mkdirSync(stick);
  expectDone(vaultctl("keys", "init", "--dir", keys, "--dev"));
  expectDone(vaultctl("pack", "--stick", stick, "--keys", keys, "--label", "Large", film));
  published = { keys, stick, trust: join(keys, "public") };
}, 300_000);

it("packs a film of more than 2 GiB into parts that fit on FAT32, and verifies it", () => {
  const { stick, trust } = published;
  const data = join(stick, "VAULT", "data");
  const parts = readdirSync(data)
    .map((id) => readdirSync(join(data, id)))
    .find((names) => names.length > 1);
  expect(parts).toEqual(["000", "001", "002"]);
  expect(vaultctl("verify", stick, "--trust", trust).status).toBe(0);
});

it("plays it and seeks to any position, across the boundaries of its parts", async () => {
  const { stick, trust } = published;
  const license = issuePassphraseLicense(published);
  const { page } = await launchApp({ userData: join(folder(), "data"), trust, vaults: [stick] });
  await page.locator("[data-screen=locked]").waitFor();
  await pasteLicense(page, license.text);
  await unlock(page, license.passphrase);
  await playFirst(page);
  const landed = await page.evaluate(async () => {
    const video = document.querySelector("video") as HTMLVideoElement;
    const shares = [0.99, 0.01, 0.46, 0.47, 0.93, 0.94, 0.5];
    const errors: number[] = [];
    for (const share of shares) {
      const target = video.duration * share;
      const seeked = new Promise((resolve) => video.addEventListener("seeked", resolve, { once: true }));
      video.currentTime = target;
      await seeked;
      errors.push(Math.abs(video.currentTime - target));
    }
    return { duration: video.duration, worst: Math.max(...errors), playing: video.readyState >= 2 };
  });
  expect(landed.duration).toBeGreaterThan(4_000);
  expect(landed.worst).toBeLessThan(1);
  expect(landed.playing).toBe(true);
  await page.screenshot({ path: screenshotPath("large-file") });
});

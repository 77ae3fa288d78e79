import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { launchApp } from "./launch.ts";
import { issuePassphraseLicense, packStick } from "./publisher.ts";
import { suiteFolder } from "./suite-folder.ts";
import { pasteLicense, playFirst, unlock, untilPlaying } from "./viewer.ts";

const folder = suiteFolder();
const SCRUBS = 400;

/** Anonymous memory of the main process, in bytes: a leak of streams or buffers would increase it. */
function privateBytes(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return Number(/^RssAnon:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
}

it(`keeps playing and leaks nothing over ${SCRUBS} fast scrubs`, async () => {
  const published = packStick(folder(), ["harbour.mp4"]);
  const license = issuePassphraseLicense(published);
  const { app, page } = await launchApp({
    userData: join(folder(), "data"),
    trust: published.trust,
    vaults: [published.stick],
  });
  await page.locator("[data-screen=locked]").waitFor();
  await pasteLicense(page, license.text);
  await unlock(page, license.passphrase);
  await playFirst(page);

  const scrub = () =>
    page.evaluate(async (count) => {
      const video = document.querySelector("video") as HTMLVideoElement;
      for (let index = 0; index < count; index++) {
        video.currentTime = (index * 7.3) % 28;
        // Faster than any seek can finish: nearly every request is cancelled.
        await new Promise((resolve) => setTimeout(resolve, 8));
      }
      video.currentTime = 5;
      await video.play();
    }, SCRUBS);
  const pid = app.process().pid as number;
  const openFiles = () => app.evaluate(() => process.getActiveResourcesInfo().length);
  // The first round warms the caches; a further increase in the second would be a leak.
  await scrub();
  await untilPlaying(page, 5.5);
  const [bytesBefore, resourcesBefore] = [privateBytes(pid), await openFiles()];
  await scrub();
  await untilPlaying(page, 5.5);
  const grown = privateBytes(pid) - bytesBefore;
  process.stdout.write(`private memory after ${SCRUBS} more scrubs: ${(grown / 1024 / 1024).toFixed(1)} MiB more\n`);
  // One leaked 64-KiB block per scrub would be 25 MiB.
  expect(grown).toBeLessThan(12 * 1024 * 1024);
  expect(await openFiles()).toBeLessThanOrEqual(resourcesBefore + 2);
});

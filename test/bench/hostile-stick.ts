import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ElectronApplication, Page } from "playwright";
import { VAULT_FOLDER } from "../../src-shared/vault/index.ts";
import { driveElectron } from "../../build/drive-electron.ts";
import { projectRoot } from "../../build/electron-runtime.ts";
import { writeForgedManifests } from "../fakes/hostile-stick.ts";
import { absolute, type Measurement } from "./measurement.ts";

const NAMES = 200_000;
const MANIFESTS = 32;
const WATCHED_MS = 20_000;

/** The longest time for which the window stands still when a stick is plugged in that was made to stop it. */
export async function measureHostileStick(folder: string, trust: string): Promise<Measurement[]> {
  const [stick, prepared] = [join(folder, "hostile"), join(folder, "prepared")];
  writeForgedManifests(prepared, MANIFESTS);
  for (let index = 0; index < NAMES; index++) writeFileSync(join(prepared, VAULT_FOLDER, `x${index}`), "");
  mkdirSync(stick);
  const profile = `--user-data-dir=${join(folder, "hostile-profile")}`;
  const app = await driveElectron(["--disable-gpu", profile, projectRoot, "--vault", stick, "--trust", trust]);
  const page = await app.firstWindow();
  await page.locator("[data-screen=no-stick]").waitFor();
  const pauses = Promise.all([longestPauseOfMain(app), longestPauseOfPage(page)]);
  renameSync(join(prepared, VAULT_FOLDER), join(stick, VAULT_FOLDER));
  const [main, shown] = await pauses;
  await app.close();
  const what = `longest pause with ${MANIFESTS} forged manifests of 16 MiB among ${NAMES.toLocaleString("en")} names`;
  return [
    absolute(`${what}, main process`, main, "ms", { atMost: 200 }),
    absolute(`${what}, window`, shown, "ms", { atMost: 200 }),
  ];
}

function longestPauseOfMain(app: ElectronApplication): Promise<number> {
  return app.evaluate(async (_electron, watchedMs) => {
    const { monitorEventLoopDelay } = process.getBuiltinModule("node:perf_hooks");
    const delay = monitorEventLoopDelay({ resolution: 5 });
    delay.enable();
    await new Promise((resolve) => setTimeout(resolve, watchedMs));
    return delay.max / 1e6;
  }, WATCHED_MS);
}

function longestPauseOfPage(page: Page): Promise<number> {
  return page.evaluate(
    (watchedMs) =>
      new Promise<number>((resolve) => {
        const began = performance.now();
        let [longest, last] = [0, began];
        const look = (): void => {
          const now = performance.now();
          longest = Math.max(longest, now - last);
          last = now;
          if (now - began < watchedMs) requestAnimationFrame(look);
          else resolve(longest);
        };
        requestAnimationFrame(look);
      }),
    WATCHED_MS,
  );
}

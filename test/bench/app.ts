import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ElectronApplication, Page } from "playwright";
import { driveElectron } from "../../build/drive-electron.ts";
import { projectRoot } from "../../build/electron-runtime.ts";
import { openVault, readCatalog } from "../../src-shared/node/vault-reader.ts";
import { ROOTS } from "../fakes/issuer.ts";
import { testKeyFile } from "../fakes/test-keys.ts";
import { TEST_KEK, TEST_PASSPHRASE, writeTestVault } from "../fakes/test-vault.ts";
import { measureHostileStick } from "./hostile-stick.ts";
import { measureMemory, putLicense } from "./memory.ts";
import { absolute, type Measurement, median, relative } from "./measurement.ts";
import { bundledProgram } from "./run-electron.ts";

const STARTS = 7;
const TITLES = 10_000;

/** Measures the whole app in a real window: its start, its memory while playing, a large catalog. */
export async function measureApp(film: string): Promise<Measurement[]> {
  const folder = mkdtempSync(join(tmpdir(), "uvv-bench-"));
  try {
    const trust = writeTrust(folder);
    return [
      ...(await measureStart(folder, trust)),
      ...(await measureMemory(folder, trust, film)),
      ...(await measureCatalog(folder, trust)),
      ...(await measureHostileStick(folder, trust)),
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function writeTrust(folder: string): string {
  const trust = join(folder, "trust");
  mkdirSync(trust);
  for (const { role, ...root } of ROOTS) {
    if (role !== "device")
      writeFileSync(join(trust, `${root.kid}.jwk.json`), JSON.stringify(testKeyFile({ ...root, role })));
  }
  return trust;
}

async function launch(...args: string[]): Promise<{ app: ElectronApplication; page: Page }> {
  const app = await driveElectron(["--disable-gpu", ...args]);
  return { app, page: await app.firstWindow() };
}

/** The time from the start of the process to a usable screen, for the app and a blank window alternately. */
async function measureStart(folder: string, trust: string): Promise<Measurement[]> {
  const times = { app: [] as number[], blank: [] as number[] };
  const profile = (name: string) => `--user-data-dir=${join(folder, name)}`;
  for (let round = 0; round <= STARTS; round++) {
    const app = await startMs(profile("start"), projectRoot, "--trust", trust);
    const blank = await startMs(profile("blank"), bundledProgram("blank"));
    // The first round only fills the caches of both.
    if (round === 0) continue;
    times.app.push(app);
    times.blank.push(blank);
  }
  return [
    relative("start to usable, against a blank window", median(times.app), median(times.blank), "ms", { atMost: 1.5 }),
  ];
}

async function startMs(...args: string[]): Promise<number> {
  const from = performance.now();
  const { app, page } = await launch(...args);
  await page.locator("[data-screen]").first().waitFor();
  const took = performance.now() - from;
  await app.close();
  return took;
}

async function launchUnlocked(
  folder: string,
  trust: string,
  stick: string,
): Promise<{ app: ElectronApplication; page: Page }> {
  await putLicense(stick, 2);
  const profile = `--user-data-dir=${join(folder, "profile")}`;
  const { app, page } = await launch(profile, projectRoot, "--vault", stick, "--trust", trust);
  await page.getByRole("textbox").first().fill(TEST_PASSPHRASE);
  await page.keyboard.press("Enter");
  await page.locator("[data-screen=catalog]").waitFor();
  return { app, page };
}

async function measureCatalog(folder: string, trust: string): Promise<Measurement[]> {
  const stick = join(folder, "large-stick");
  const bytes = new Uint8Array(1);
  await writeTestVault(
    stick,
    Array.from({ length: TITLES }, (_, index) => ({
      title: `Étude ${index} · ${index % 7 === 0 ? "port" : "phare"}`,
      bytes,
    })),
    { gen: 2 },
  );
  const openMs = [];
  for (let round = 0; round < 5; round++) {
    const from = performance.now();
    const vault = await openVault(stick, ROOTS);
    const catalog = vault.ok && (await readCatalog(vault.value, Uint8Array.from(TEST_KEK)));
    openMs.push(performance.now() - from);
    if (!catalog || !catalog.ok || catalog.value.catalog.videos.length !== TITLES)
      throw new Error("the catalog did not open");
  }
  const { app, page } = await launchUnlocked(folder, trust, stick);
  await page.getByRole("gridcell").first().waitFor();
  const keystrokesMs = await keystrokes(page, "etude 77 port");
  await app.close();
  return [
    absolute("open a catalog of 10,000 videos", median(openMs), "ms", { atMost: 500 }),
    absolute("search keystroke among 10,000 titles, main-thread time, median", median(keystrokesMs), "ms", {
      atMost: 16,
    }),
  ];
}

/** The main-thread time of each keystroke: handlers, rendering, style and layout, as counted by Chromium. */
async function keystrokes(page: Page, text: string): Promise<number[]> {
  await page.keyboard.press("/");
  const devTools = await page.context().newCDPSession(page);
  await devTools.send("Performance.enable");
  const busySeconds = async () => {
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
    const { metrics } = await devTools.send("Performance.getMetrics");
    return metrics.find(({ name }) => name === "TaskDuration")?.value ?? Number.NaN;
  };
  const times: number[] = [];
  for (const key of text) {
    const before = await busySeconds();
    await page.keyboard.press(key === " " ? "Space" : key);
    times.push(((await busySeconds()) - before) * 1000);
  }
  return times;
}

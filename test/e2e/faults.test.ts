import { cpSync, readdirSync, renameSync, rmSync, writeFileSync, readFileSync } from "node:fs";
import type { Language } from "../../src-shared/languages.ts";
import { join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import { launchApp, screenshotPath } from "./launch.ts";
import { issuePassphraseLicense, packStick } from "./publisher.ts";
import { suiteFolder } from "./suite-folder.ts";
import { pasteLicense, playFirst, unlock, untilPlaying, videoState } from "./viewer.ts";

const folder = suiteFolder();
let published: ReturnType<typeof packStick>;
let license: ReturnType<typeof issuePassphraseLicense>;
beforeAll(() => {
  published = packStick(folder(), ["harbour.mp4"]);
  license = issuePassphraseLicense(published);
});

/** A separate stick for a test that damages it. */
function copyOfStick(name: string): string {
  const copy = join(folder(), name);
  cpSync(published.stick, copy, { recursive: true });
  return copy;
}

async function launchUnlocked(stick: string, language: Language = "en") {
  const userData = join(folder(), `data-${language}-${stick.length}-${Math.trunc(performance.now())}`);
  const running = await launchApp({ userData, trust: published.trust, vaults: [stick], language });
  await running.page.locator("[data-screen=locked]").waitFor();
  await pasteLicense(running.page, license.text);
  await unlock(running.page, license.passphrase);
  return running;
}

it("freezes the picture when the stick is removed during playback, and goes on without asking when it is back", async () => {
  const stick = copyOfStick("pulled");
  const { page } = await launchUnlocked(stick);
  await playFirst(page);
  await untilPlaying(page, 1);
  const away = `${stick}.away`;
  renameSync(stick, away);
  await page.locator("[data-code=REMOVED]").waitFor();
  await page.screenshot({ path: screenshotPath("stick-pulled-en") });
  const frozen = await videoState(page);
  renameSync(away, stick);
  await page.locator("[data-code=REMOVED]").waitFor({ state: "detached" });
  await untilPlaying(page, frozen.time + 1);
  expect((await videoState(page)).time).toBeLessThan(frozen.time + 10);
});

it("does not go on with another stick with the same label", async () => {
  const stick = copyOfStick("swapped");
  const { page } = await launchUnlocked(stick);
  await playFirst(page);
  const other = packStick(join(folder(), "other publisher"), ["lighthouse.mp4"]);
  renameSync(stick, `${stick}.away`);
  await page.locator("[data-code=REMOVED]").waitFor();
  cpSync(other.stick, stick, { recursive: true });
  // Signed by someone this app does not trust: the screen keeps waiting for the first stick.
  await page.locator("[data-code=REMOVED]").waitFor();
  expect(await page.locator("[data-screen=player]").count()).toBe(1);
});

it("reports that a stick is not genuine if its manifest was changed", async () => {
  const stick = copyOfStick("forged");
  const manifest = join(stick, "VAULT", "manifest.1.jws");
  const [header, payload, signature] = readFileSync(manifest, "utf8").split(".") as [string, string, string];
  const claims = JSON.parse(Buffer.from(payload, "base64url").toString()) as { label: string };
  const forged = Buffer.from(JSON.stringify({ ...claims, label: "Forged" })).toString("base64url");
  writeFileSync(manifest, `${header}.${forged}.${signature}`);
  const { page } = await launchApp({
    userData: join(folder(), "forged-data"),
    trust: published.trust,
    vaults: [stick],
  });
  await page.locator("[data-code=UNTRUSTED]").waitFor();
  expect(await page.getByText("Forged").count()).toBe(0);
  await page.screenshot({ path: screenshotPath("untrusted-en") });
});

it("refuses the license of another stick with its code and what to do, in both languages", async () => {
  const stick = copyOfStick("mine");
  const other = packStick(join(folder(), "elsewhere"), ["lighthouse.mp4"]);
  const foreign = issuePassphraseLicense(other, "foreign");
  const altered = license.text
    .split("\n")
    .with(6, license.text.split("\n")[6]?.replace(/[a-w]/, "x") ?? "")
    .join("\n");
  for (const language of ["en", "fr"] as const) {
    const userData = join(folder(), `refused-${language}`);
    const { page, close } = await launchApp({ userData, trust: published.trust, vaults: [stick], language });
    await page.locator("[data-screen=locked]").waitFor();
    await pasteLicense(page, foreign.text);
    await page.locator("[data-code=KEY_UNKNOWN]").waitFor();
    await pasteLicense(page, altered);
    await page.locator("[data-code=SIGNATURE_INVALID]").waitFor();
    await page.screenshot({ path: screenshotPath(`signature-invalid-${language}`) });
    await pasteLicense(page, "just some words");
    await page.locator("[data-code=MALFORMED]").waitFor();
    await close();
  }
});

it("stores what must be kept and nothing secret: no unencrypted byte or key in its folder", async () => {
  const stick = copyOfStick("traces");
  const userData = join(folder(), "traces-data");
  const { page, close } = await launchApp({ userData, trust: published.trust, vaults: [stick] });
  await page.locator("[data-screen=locked]").waitFor();
  await pasteLicense(page, license.text);
  await unlock(page, license.passphrase);
  await playFirst(page);
  await untilPlaying(page, 3);
  await close();
  const clear = readFileSync(join(import.meta.dirname, "..", "media", "harbour.mp4"));
  const vaults = join(published.keys, "private", "vaults");
  const kek = (JSON.parse(readFileSync(join(vaults, readdirSync(vaults)[0] as string), "utf8")) as { kek: string }).kek;
  // Sixteen bytes from the middle of the picture data, from the sound, and the key in both spellings.
  const needles = [
    clear.subarray(500_000, 500_016),
    clear.subarray(900_000, 900_016),
    Buffer.from(kek),
    Buffer.from(kek, "base64url"),
    Buffer.from(license.passphrase),
  ];
  const files = readdirSync(userData, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  expect(files.length).toBeGreaterThan(5);
  const found = files
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => needles.some((needle) => readFileSync(path).includes(needle)));
  expect(found).toEqual([]);
  rmSync(userData, { recursive: true });
});

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { toBase64url } from "../../src-shared/encoding/base64url.ts";
import { utf8 } from "../../src-shared/encoding/text.ts";
import { activateEnrolled, type Enrolled } from "../e2e/enrolled.ts";
import { expectDone, packStick, vaultctl } from "../e2e/publisher.ts";
import { suiteFolder } from "../e2e/suite-folder.ts";
import { pasteLicense } from "../e2e/viewer.ts";
import { logOf } from "../long/installed-app.ts";
import { type Computer, newComputer } from "./computer.ts";
import { capture, explainFailures, killApp, profileOn, startAgainOn, startOn, type WindowsApp } from "./windows-app.ts";

const folder = suiteFolder();
let published: ReturnType<typeof packStick>;
let computer: Computer;
let enrolled: Enrolled;
let app: WindowsApp | undefined;

beforeAll(() => {
  published = packStick(folder(), ["harbour.mp4", "lighthouse.mp4"]);
  computer = newComputer();
  computer.plug("E", published.stick);
});
afterAll(() => computer.remove());
explainFailures(() => app);
afterEach(() => killApp(computer));

async function open(): Promise<WindowsApp> {
  app = await startOn(computer, published);
  return app;
}

it("opens with the license for its own activation request", async () => {
  const { page, close } = await open();
  await page.locator("[data-screen=locked]").waitFor();
  enrolled = await activateEnrolled(page, published, "answer", "ring1", "fr");
  await capture(page, "activated");
  await close();
});

it("opens by itself after a restart, with the key in the Credential Manager", async () => {
  const { page, close } = await open();
  await page.locator("[data-screen=catalog]").waitFor();
  // The license is one of a pilot, who is asked once whether the app may report.
  await capture(page, "consent");
  await page.getByRole("button", { name: "Non merci" }).click();
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await close();
  await expect.poll(() => credentials()).toContain("usb-video-vault");
});

/** The Credential Manager, which Wine keeps in the registry of the user and writes some seconds later. */
function credentials(): string {
  const keys = readFileSync(join(computer.prefix, "user.reg"), "utf8").split("\n\n");
  return keys.filter((key) => key.includes("Credential Manager")).join("\n");
}

it("offers a renewal that a second instance brings by a link, and uses it once it is confirmed", async () => {
  const { page, close } = await open();
  await page.locator("[data-screen=catalog]").waitFor();
  const link = `usb-video-vault://license?data=${toBase64url(utf8(renewal(100)))}`;
  expect(await startAgainOn(computer, { ...published, args: ["--", link] })).toBe(0);
  await page.getByRole("dialog").getByText("C-0001").waitFor();
  await page.getByRole("button", { name: "Importer", exact: true }).click();
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await page.locator("[data-screen=catalog]").waitFor();
  await close();
});

/** A renewal of the license for this computer. */
function renewal(days: number): string {
  const out = join(folder(), `renewed-${days}.uvvlic`);
  const terms = ["--keys", published.keys, "--days", `${days}`, "--out", out];
  expectDone(vaultctl("license", "renew", licenseIdOf(enrolled.license), ...terms));
  return readFileSync(out, "utf8");
}

function licenseIdOf(license: string): string {
  const payload = license.split("-----")[2]?.replaceAll(/\s/g, "").split(".")[1] ?? "";
  return (JSON.parse(Buffer.from(payload, "base64url").toString("utf8")) as { lid: string }).lid;
}

it("opens by itself after kills in the middle of imports and after one, and its counters never go down", async () => {
  // How long after the license arrives; the last kill comes when the window says that it was imported.
  const moments = [0, 300, 1_000, undefined];
  for (const [round, moment] of moments.entries()) {
    const renewed = renewal(200 + round);
    const { page } = await open();
    await page.locator("[data-screen=catalog]").waitFor();
    await pasteLicense(page, renewed);
    if (moment === undefined) await page.getByText("Licence importée").waitFor();
    else await setTimeout(moment);
    await killApp(computer);
  }
  const { page, close } = await open();
  await page.locator("[data-screen=catalog]").waitFor();
  await capture(page, "after-kills");
  await close();
  const opened = openedLedgers();
  expect(opened).toEqual(opened.toSorted((a, b) => a - b));
  // The imports did write: otherwise the kills proved nothing.
  expect(opened.at(-1)).toBeGreaterThan(opened.at(-1 - moments.length) ?? Infinity);
  expect(logOf(profileOn(computer))).not.toContain("STATE_LOST");
}, 420_000);

/** The counter of the ledger at each start so far. The first start of all has no ledger. */
function openedLedgers(): number[] {
  const lines = logOf(profileOn(computer))
    .split("\n")
    .filter((line) => line.includes('"ledger.opened"'));
  const opened = lines.map((line) => JSON.parse(line) as { state: string; gen: number });
  expect(opened.map(({ state }) => state)).toEqual(["fresh", ...opened.slice(1).map(() => "ready")]);
  return opened.map(({ gen }) => gen);
}

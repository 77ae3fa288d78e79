import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { hostname, userInfo } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright";
import { beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { createKeytarSecretStore } from "../../src-main/license/index.ts";
import { fromBase64url } from "../../src-shared/encoding/base64url.ts";
import { unarmor } from "../../src-shared/license/index.ts";
import { startTelemetryServer, type TelemetryServer } from "../fakes/telemetry-server.ts";
import { activateEnrolled, openSettings } from "./enrolled.ts";
import { launchApp, screenshotPath } from "./launch.ts";
import { captureViews } from "./screenshots.ts";
import { packStick } from "./publisher.ts";
import { suiteFolder } from "./suite-folder.ts";
import { playFirst } from "./viewer.ts";

// Each call of captureViews takes two screenshots and runs axe on each.
vi.setConfig({ testTimeout: 180_000 });

const folder = suiteFolder();
let published: ReturnType<typeof packStick>;
beforeAll(() => {
  published = packStick(folder(), ["harbour.mp4", "lighthouse.mp4"]);
});

async function launchInvited(name: string) {
  const server = await startTelemetryServer();
  onTestFinished(() => server.stop());
  const userData = join(folder(), name);
  mkdirSync(userData, { recursive: true });
  const base = { userData, trust: published.trust, vaults: [published.stick] };
  const options = { ...base, args: ["--ingest", server.url] };
  const running = await launchApp(options);
  return { ...running, running, server, userData, options };
}

async function settled(check: () => boolean): Promise<void> {
  await expect.poll(check, { timeout: 30_000, interval: 50 }).toBe(true);
}

const question = (page: Page) => page.getByRole("dialog", { name: "May the app report how well it works?" });

/** The public key in the enrolment of a license file. */
function deviceKeyOf(license: string): Uint8Array {
  const token = unarmor("TELEMETRY ENROLMENT", license);
  const payload = fromBase64url((token.ok ? token.value : "").split(".")[1] ?? "") ?? new Uint8Array();
  const { ed25519 } = JSON.parse(Buffer.from(payload).toString()) as { ed25519: string };
  return fromBase64url(ed25519) ?? new Uint8Array();
}

const states = ({ events }: TelemetryServer) =>
  [...events.values()].flatMap((event) => (event.kind === "session" ? [event.state] : []));

describe("consent", () => {
  it("is requested from an enrolled viewer; yes sends signed batches, withdrawing erases here and on the server", async () => {
    const { page, app, running, server, userData } = await launchInvited("yes");
    const { license, pid } = await activateEnrolled(page, published, "yes", "ring1");
    await question(page).waitFor();
    expect(await captureViews(running, "consent")).toEqual([]);
    await page.getByRole("button", { name: "Show what is sent" }).click();
    const preview = page.locator("[data-part=logs]");
    await preview.waitFor();
    expect(await preview.textContent()).toContain(pid);
    await page.locator("[data-part=file]").scrollIntoViewIfNeeded();
    expect(await captureViews(running, "consent-preview")).toEqual([]);
    // Nobody has given consent yet.
    expect(server.requests).toEqual([]);
    expect(existsSync(join(userData, "telemetry"))).toBe(false);

    server.expectSigned(deviceKeyOf(license));
    await page.getByRole("button", { name: "I agree" }).focus();
    await page.keyboard.press("Enter");
    await question(page).waitFor({ state: "detached" });
    await settled(() => server.counts.metrics >= 1);
    expect(server.faults).toEqual([]);
    expect(server.requests[0]?.headers["uvv-enrol"]).toBe(tokenIn(license));
    expect(server.requests[0]?.body.toString()).toContain(`"${pid}"`);

    await openSettings(page);
    const panel = page.locator("[data-consent]");
    const privacy = page.getByRole("switch", { name: "Let the app report how well it works" });
    await panel.scrollIntoViewIfNeeded();
    expect(await captureViews(running, "privacy-on")).toEqual([]);
    await privacy.focus();
    await page.keyboard.press("Space");
    await page.locator("[data-consent=refused][data-erasure=done]").waitFor();
    expect(await captureViews(running, "privacy-withdrawn")).toEqual([]);
    const erase = server.requests.filter(({ path }) => path === "/erase");
    expect(erase.map(({ body }) => JSON.parse(body.toString()) as object)).toMatchObject([{ v: 1, pid }]);
    expect(server.faults).toEqual([]);
    const left = readdirSync(join(userData, "telemetry"), { recursive: true }).map(String);
    expect(left.filter((name) => !/^queue(?:[\\/]lock.*)?$/.test(name))).toEqual([]);

    // After the withdrawal nothing more is sent, and nobody is asked again.
    const before = server.requests.length;
    await page.keyboard.press("Escape");
    expect(await question(page).count()).toBe(0);
    await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.webContents.reload());
    await page.locator("[data-screen=catalog]").waitFor();
    await page.waitForTimeout(1_000);
    expect(await question(page).count()).toBe(0);
    expect(server.requests.length).toBe(before);
  });

  it("can be refused with Escape: asked once, never during a film, and nothing was sent", async () => {
    const { page, server, userData, close, options } = await launchInvited("no");
    await activateEnrolled(page, published, "no", "ring0", "en");
    await question(page).waitFor();
    await page.getByText("member of staff").waitFor();
    await page.keyboard.press("Escape");
    await question(page).waitFor({ state: "detached" });
    await close();
    const again = await launchApp(options);
    await again.page.locator("[data-screen=catalog]").waitFor();
    await again.page.waitForTimeout(7_000);
    expect(await question(again.page).count()).toBe(0);
    expect(server.requests).toEqual([]);
    expect(existsSync(join(userData, "telemetry"))).toBe(false);
  });

  it("shows that the erasure is pending while the server is down, and requests it when the server is back", async () => {
    const { page, server, close, options } = await launchInvited("away");
    await activateEnrolled(page, published, "away", "ring1");
    await page.getByRole("button", { name: "I agree" }).click();
    await settled(() => server.counts.metrics >= 1);
    await server.stop();
    await openSettings(page);
    await page.getByText("Let the app report how well it works").click();
    await page.locator("[data-consent=refused][data-erasure=waiting]").waitFor();
    await page.getByText("as soon as it can be reached").waitFor();
    await page.screenshot({ path: screenshotPath("privacy-waiting-en") });
    await close();
    const back = await startTelemetryServer();
    onTestFinished(() => back.stop());
    const again = await launchApp({ ...options, args: ["--ingest", back.url] });
    await again.page.locator("[data-screen=catalog]").waitFor();
    await settled(() => back.requests.length > 0);
    expect(back.requests.map(({ path }) => path)).toEqual(["/erase"]);
    await openSettings(again.page);
    await again.page.locator("[data-erasure=done]").waitFor();
  });
});

describe("what is sent and what is stored", () => {
  it("contains no film, folder, computer or person, and no license or key", async () => {
    const { page, server, userData, running, options } = await launchInvited("secrets");
    const enrolled = await activateEnrolled(page, published, "secrets", "ring1");
    await page.getByRole("button", { name: "I agree" }).click();
    await settled(() => server.counts.metrics >= 1);
    await playFirst(page);
    await page.keyboard.press("Escape");
    await page.locator("[data-screen=catalog]").waitFor();
    await running.close();
    const again = await launchApp(options);
    // The session that ended, and the current one.
    await settled(() => states(server).length >= 3);
    await again.page.locator("[data-screen=catalog]").waitFor();
    await openSettings(again.page);
    await again.page.getByRole("button", { name: "Copy diagnostics" }).click();
    await again.page.getByText("Show what was copied").click();
    const diagnostics = (await again.page.locator("pre").textContent()) ?? "";
    expect(diagnostics).toContain("USB Video Vault diagnostics");
    await again.close();
    const kept = textsIn(join(userData, "telemetry", "metrics")).concat(textsIn(join(userData, "logs")));
    const outputs = [...server.requests.map(({ body }) => body.toString()), ...kept, diagnostics];
    expect(server.requests.length).toBeGreaterThanOrEqual(4);
    expect(kept.length).toBeGreaterThanOrEqual(2);
    const secrets = await secretsOf(enrolled);
    expect(secrets.length).toBeGreaterThan(15);
    for (const secret of secrets) {
      const holders = outputs.filter((text) => text.includes(secret));
      expect(holders.map((text) => `${secret} in ${text.slice(0, 200)}`)).toEqual([]);
    }
    for (const name of [hostname(), userInfo().username]) {
      expect(outputs.filter((text) => text.split(/[^\w.-]+/).includes(name))).toEqual([]);
    }
  });
});

function tokenIn(license: string): string {
  const token = unarmor("TELEMETRY ENROLMENT", license);
  return token.ok ? token.value : "";
}

function textsIn(where: string): string[] {
  return readdirSync(where).map((name) => readFileSync(join(where, name), "utf8"));
}

/** Everything that only this test may know. */
async function secretsOf({ license, request }: { license: string; request: string }): Promise<string[]> {
  const device = await createKeytarSecretStore().read("device-key/1");
  const deviceSecret = device.ok ? (device.value ?? "") : "";
  expect(deviceSecret.length).toBeGreaterThan(100);
  const keyFiles = readdirSync(join(published.keys, "private")).filter((name) => name.endsWith(".json"));
  const privateKeys = keyFiles.flatMap((name) => {
    const { d } = JSON.parse(readFileSync(join(published.keys, "private", name), "utf8")) as { d?: string };
    return d === undefined ? [] : [d];
  });
  const lines = [...license.split("\n"), ...request.split("\n")].filter((line) => line.length === 64);
  const names = ["harbour", "Harbour", "lighthouse", "Lighthouse", "Le port", "C-0001"];
  const machineNames = [folder(), published.stick, published.keys, userInfo().homedir, process.cwd()];
  return [...names, ...machineNames, ...lines, ...privateKeys, deviceSecret, deviceSecret.slice(0, 43)];
}

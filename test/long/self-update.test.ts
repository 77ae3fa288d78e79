import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join, normalize } from "node:path";
import type { Page } from "playwright";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { makePackages } from "../../build/dist.ts";
import { screenshotPath } from "../e2e/launch.ts";
import { expectDone, packStick, vaultctl } from "../e2e/publisher.ts";
import { suiteFolder } from "../e2e/suite-folder.ts";
import {
  endAll,
  installedVersion,
  installPackage,
  logOf,
  removePackage,
  startInstalled,
  windowOf,
} from "./installed-app.ts";

// Real packages, a real dpkg, a real feed made by `vaultctl feed` on the loopback: one version installs the next.
const VERSIONS = ["1.0.0", "2.0.0", "3.0.0"] as const;
type Version = (typeof VERSIONS)[number];

const folder = suiteFolder();
const builds = new Map<Version, string>();
let published: ReturnType<typeof packStick>;
let server: Server;
const repo = () => join(folder(), "feed");
const deb = (version: Version) => join(folder(), version, `usb-video-vault_${version}_amd64.deb`);
const buildId = (version: Version) => builds.get(version) ?? "";

function feed(name: string, ...words: string[]): Record<string, unknown> {
  const said = vaultctl("feed", name, ...words, "--repo", repo(), "--keys", published.keys);
  expectDone(said);
  return said.json;
}

/** Writes down that a build passed its ring, as the gate does. */
function verdict(ring: string, version: Version): string {
  const file = join(folder(), `${ring}-${version}.json`);
  writeFileSync(
    file,
    JSON.stringify({ v: 1, ring, build: buildId(version), verdict: "pass", policyHash: "0".repeat(64) }),
  );
  return file;
}

const promote = (ring: "ring1" | "ga", version: Version, ...words: string[]) =>
  feed("promote", "--ring", ring, "--build", buildId(version), "--verdict", verdict(BEFORE[ring], version), ...words);
const BEFORE = { ring1: "ring0", ga: "ring1" } as const;

function serve(): Promise<Server> {
  const made = createServer((request, response) => {
    const path = normalize(new URL(request.url ?? "/", "http://localhost").pathname);
    try {
      response.end(readFileSync(join(repo(), path)));
    } catch {
      response.writeHead(404).end();
    }
  });
  return new Promise((resolve) => made.listen(0, "127.0.0.1", () => resolve(made)));
}

describe.skipIf(process.getuid?.() !== 0)("an installed app (only root may run dpkg here)", () => {
  beforeAll(async () => {
    published = packStick(folder(), ["harbour.mp4"]);
    server = await serve();
    feed("init", "--people", "3");
    const { port } = server.address() as AddressInfo;
    writeFileSync(join(published.trust, "profile.json"), JSON.stringify({ feed: `http://127.0.0.1:${port}` }));
    for (const [index, version] of VERSIONS.entries()) {
      const outFolder = join(folder(), version);
      await makePackages({ profile: published.trust, version, outFolder, kinds: ["deb"] });
      const notes = ["--notes-fr", `Nouveautés de ${version}`, "--notes-en", `What is new in ${version}`];
      const added = feed("add-build", deb(version), "--version", version, "--build-epoch", `${index + 1}`, ...notes);
      builds.set(version, String(added["build"]));
    }
    // What everyone has today; a rollback goes back to it.
    feed("release", "--ring", "ring0", "--build", buildId("1.0.0"));
    promote("ring1", "1.0.0");
    promote("ga", "1.0.0", "--basis-points", "10000");
    installPackage(deb("1.0.0"));
  }, 600_000);
  afterAll(() => {
    removePackage();
    server.close();
  }, 60_000);

  const profileOf = (name: string) => join(folder(), `profile-${name}`);

  /** Starts the app and opens its settings, where updates are. */
  async function open(name: string): Promise<{ page: Page; close: () => void }> {
    const userData = profileOf(name);
    startInstalled(userData, ["--remote-debugging-port=0", "--vault", published.stick]);
    return settingsOf(userData);
  }

  async function settingsOf(userData: string): Promise<{ page: Page; close: () => void }> {
    const { page } = await windowOf(userData);
    await page.locator("[data-screen=locked], [data-screen=catalog]").waitFor();
    return { page, close: () => endAll(userData) };
  }

  async function openSettings(page: Page): Promise<void> {
    const isLocked = (await page.locator("[data-screen=locked]").count()) > 0;
    if (isLocked) await page.getByRole("button", { name: "Settings" }).click();
    else {
      await page.getByRole("button", { name: "More" }).click();
      await page.getByRole("menuitem", { name: "Settings" }).click();
    }
    await page.getByRole("heading", { name: "Updates", exact: true }).waitFor();
  }

  async function look(page: Page, where: "Look now" | "Look on this stick" = "Look now"): Promise<void> {
    // The app looks by itself too, soon after its start: a button that waits for that is pressed when it is done.
    await page.getByRole("button", { name: where }).click();
    await page
      .locator("section[data-stage=checking]")
      .waitFor({ timeout: 3_000 })
      .catch(() => undefined);
    await page
      .locator(
        "section[data-stage=ready], section[data-stage=idle] [role=status], section[data-stage=idle]:has-text('is up to date')",
      )
      .first()
      .waitFor();
  }

  /** Restarts into the update, and gives the window of the version that comes back. */
  async function restartInto(page: Page, name: string, version: Version) {
    await page.getByRole("button", { name: "Restart and update" }).click();
    await vi.waitUntil(() => installedVersion() === version, { timeout: 90_000, interval: 200 });
    return settingsOf(profileOf(name));
  }

  async function activate(page: Page, ring: "ring0" | "ring1"): Promise<void> {
    await page.getByRole("button", { name: "Create an activation request" }).click();
    const request = join(folder(), `${ring}.uvvreq`);
    writeFileSync(request, await page.getByRole("textbox", { name: "Activation request" }).inputValue());
    const out = join(folder(), `${ring}.uvvlic`);
    const terms = ["--for", ring, "--days", "20", "--ring", ring, "--request", request, "--out", out];
    expectDone(vaultctl("license", "issue", "--keys", published.keys, "--stick", published.stick, ...terms));
    await page.evaluate(
      (text) => {
        const clipboardData = new DataTransfer();
        clipboardData.setData("text/plain", text);
        document.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
      },
      readFileSync(out, "utf8"),
    );
    await page.locator("[data-screen=catalog]").waitFor();
  }

  it.each([
    ["ring0", () => feed("release", "--ring", "ring0", "--build", buildId("2.0.0"))],
    ["ring1", () => promote("ring1", "2.0.0")],
  ] as const)("of %s is offered what its license's ring runs, and nothing before", async (ring, publish) => {
    const { page, close } = await open(ring);
    await activate(page, ring);
    await openSettings(page);
    await look(page);
    expect(await page.getByText("Version 2.0.0 is ready.").count()).toBe(0);
    publish();
    await look(page);
    await page.getByText("Version 2.0.0 is ready.").waitFor();
    close();
  });

  it("of everyone finds version 2, fetches, verifies and installs it, and starts again as 2", async () => {
    promote("ga", "2.0.0", "--basis-points", "10000");
    const { page } = await open("ga");
    await openSettings(page);
    await look(page);
    await page.getByText("Version 2.0.0 is ready.").waitFor();
    await page.screenshot({ path: screenshotPath("update-ready-en") });
    const after = await restartInto(page, "ga", "2.0.0");
    expect(logOf(profileOf("ga"))).not.toContain("ERROR");
    after.close();
  });

  it("does not install version 3 when a halt comes between download and restart", async () => {
    feed("release", "--ring", "ring0", "--build", buildId("3.0.0"));
    promote("ring1", "3.0.0");
    promote("ga", "3.0.0", "--basis-points", "10000");
    const { page, close } = await open("ga");
    await openSettings(page);
    await look(page);
    await page.getByText("Version 3.0.0 is ready.").waitFor();
    feed("halt", "--ring", "ga", "--build", buildId("3.0.0"), "--reason", "It stutters");
    await page.getByRole("button", { name: "Restart and update" }).click();
    await page.locator("[data-code=HALTED]").waitFor();
    await page.screenshot({ path: screenshotPath("update-halted-en") });
    expect(installedVersion()).toBe("2.0.0");
    expect(logOf(profileOf("ga"))).toContain("updates.purged");
    const left = readdirSync(join(profileOf("ga"), "updates", "pending"));
    expect(left.filter((file) => file.endsWith(".deb"))).toEqual([]);
    close();
  });

  it("goes back to version 1 by a signed rollback, and does not bounce", async () => {
    feed("rollback", "--ring", "ga", "--to", buildId("1.0.0"), "--reason", "It stutters");
    const { page } = await open("ga");
    await openSettings(page);
    await look(page);
    await page.getByText("The publisher goes back to version 1.0.0.").waitFor();
    await page.screenshot({ path: screenshotPath("update-rollback-en") });
    const after = await restartInto(page, "ga", "1.0.0");
    expect(
      logOf(profileOf("ga"))
        .trimEnd()
        .split("\n")
        .findLast((line) => line.includes("app.started")),
    ).toContain('"1.0.0"');
    await openSettings(after.page);
    await look(after.page);
    expect(await after.page.getByRole("button", { name: "Restart and update" }).count()).toBe(0);
    after.close();
  });

  it("takes version 3 from a stick, without any network", async () => {
    feed("resume", "--ring", "ga", "--reason", "Mended");
    feed("export", "--to", published.stick);
    const elsewhere = join(folder(), "elsewhere");
    mkdirSync(elsewhere);
    cpSync(repo(), elsewhere, { recursive: true });
    await new Promise((done) => server.close(done));
    server.closeAllConnections();
    const { page } = await open("ga");
    await openSettings(page);
    await look(page);
    await page.getByText("The updates could not be reached").waitFor();
    await look(page, "Look on this stick");
    await page.getByText("Version 3.0.0 is ready.").waitFor();
    await page.screenshot({ path: screenshotPath("update-from-stick-en") });
    const after = await restartInto(page, "ga", "3.0.0");
    after.close();
  });
});

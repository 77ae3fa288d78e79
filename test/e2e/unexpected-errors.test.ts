import { existsSync, mkdirSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it, onTestFinished, vi } from "vitest";
import type { VaultBridge } from "../../src-shared/ipc/index.ts";
import { launchApp, type RunningApp } from "./launch.ts";
import { packStick } from "./publisher.ts";
import { suiteFolder } from "./suite-folder.ts";

declare const window: { readonly vault: VaultBridge };

vi.setConfig({ testTimeout: 120_000 });

const folder = suiteFolder();

const TITLE = "Harbour storms";
const SECRET = "/home/someone/Films/Harbour storms.mp4 opened with Zk9fS2V5X29mX3RoZV92YXVsdA";

function linesOf(userData: string): Record<string, string>[] {
  const logs = join(userData, "logs");
  const texts = existsSync(logs) ? readdirSync(logs).map((name) => readFileSync(join(logs, name), "utf8")) : [];
  for (const secret of ["someone", "Films", TITLE, "Zk9fS2V5"]) expect(texts.join("")).not.toContain(secret);
  const lines = texts.join("").split("\n").filter(Boolean);
  return lines.map((line) => JSON.parse(line) as Record<string, string>);
}

const sourcesOf = (userData: string) =>
  linesOf(userData)
    .filter(({ event }) => event === "app.unexpected")
    .map(({ source }) => source);

async function launch(name: string, language: "en" | "fr", ...args: string[]) {
  const { trust } = packStick(join(folder(), name), ["lighthouse.mp4"]);
  const userData = join(folder(), `${name}-data`);
  const running = await launchApp({ userData, trust, language, args });
  await running.page.locator("[data-screen=no-stick]").waitFor();
  return { ...running, userData };
}

function throwInMain({ app }: RunningApp): Promise<void> {
  return app.evaluate(
    (_electron, message) =>
      void setTimeout(() => {
        throw new RangeError(message);
      }),
    SECRET,
  );
}

it("tells of errors of the page and of the main process in one sentence, logs them without their words, and goes on", async () => {
  const { app, page, userData } = await launch("goes-on", "en");
  await page.evaluate((message) => {
    setTimeout(() => {
      throw new TypeError(message);
    });
  }, SECRET);
  await page.locator("[data-unexpected='1']").getByText("Something unexpected happened").waitFor();
  await page.evaluate((message) => void Promise.reject(new Error(message)), SECRET);
  await page.locator("[data-unexpected='2']").waitFor();
  await page.locator("[data-unexpected]").getByRole("button").click();
  await page.locator("[data-unexpected]").waitFor({ state: "detached" });
  await app.evaluate((_electron, message) => void Promise.reject(new RangeError(message)), SECRET);
  await page.locator("[data-unexpected='3']").waitFor();
  await expect.poll(() => sourcesOf(userData)).toEqual(["window", "promise", "rejection"]);
  // A state that the page cannot show: its own boundary catches that.
  await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.webContents.send("app.changed", {}));
  await page.getByRole("alert").getByRole("button", { name: "Reload" }).waitFor();
  await expect.poll(() => sourcesOf(userData)).toEqual(["window", "promise", "rejection", "render"]);
  // What the person copies for support says where it was, and nothing else.
  const reply = await page.evaluate(() => window.vault.call("diagnostics.copy", undefined));
  const text = reply.ok ? reply.value.text : "";
  expect(text).toContain("unexpected errors: 4, last at ");
  expect(text).toContain("render type");
  for (const secret of ["someone", "Films", TITLE, "Zk9fS2V5"]) expect(text).not.toContain(secret);
});

it("starts again after an exception of the main process, and says so in French too", async () => {
  const running = await launch("restarts", "fr");
  const { app, userData } = running;
  const first = app.process().pid;
  const gone = app.waitForEvent("close");
  await throwInMain(running);
  await gone;
  // The new process has the profile; it is not driven by this test, and ends with it.
  const pidOf = () => Number(/-(\d+)$/.exec(readlinkSync(join(userData, "SingletonLock")))?.[1]);
  const starts = () => linesOf(userData).filter(({ event }) => event === "app.started").length;
  await expect.poll(starts, { timeout: 60_000 }).toBe(2);
  const pid = pidOf();
  onTestFinished(() => void process.kill(pid, "SIGTERM"));
  expect(pid).not.toBe(first);
  expect(sourcesOf(userData)).toEqual(["uncaught"]);
});

it("does not start again when it has just done so: it goes on, and says it", async () => {
  const running = await launch("again", "fr", "--after-failure");
  const { page, userData } = running;
  await page.locator("[data-unexpected='1']").getByText("Un imprévu est survenu").waitFor();
  await throwInMain(running);
  await page.locator("[data-unexpected='2']").waitFor();
  expect(sourcesOf(userData)).toEqual(["uncaught"]);
});

it("says that something is wrong where it cannot even start, and logs where", async () => {
  const trust = join(folder(), "broken trust");
  mkdirSync(trust);
  writeFileSync(join(trust, "broken.jwk.json"), "{}");
  const userData = join(folder(), "broken-data");
  const { page } = await launchApp({ userData, trust });
  await page.getByRole("alert").getByText("Something unexpected happened").waitFor();
  await expect.poll(() => sourcesOf(userData)).toEqual(["start"]);
});

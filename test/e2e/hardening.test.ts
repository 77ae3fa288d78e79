import { join } from "node:path";
import type { Page } from "playwright";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { calls, events, GIVEN_PACK_CHANNEL } from "../../src-shared/ipc/index.ts";
import { type RunningApp, startApp } from "./launch.ts";
import { issuePassphraseLicense, packStick } from "./publisher.ts";
import { suiteFolder } from "./suite-folder.ts";
import { pasteLicense, playFirst, unlock } from "./viewer.ts";

const folder = suiteFolder();
let published: ReturnType<typeof packStick>;
let running: RunningApp;
let app: RunningApp["app"];
let page: Page;
// One app for all: no test changes it, unless a protection fails.
beforeAll(async () => {
  published = packStick(folder(), ["lighthouse.mp4"]);
  const license = issuePassphraseLicense(published);
  const { trust, stick } = published;
  running = await startApp({ userData: join(folder(), "data"), trust, vaults: [stick] });
  ({ app, page } = running);
  await page.locator("[data-screen=locked]").waitFor();
  await pasteLicense(page, license.text);
  await unlock(page, license.passphrase);
  await playFirst(page);
});
afterAll(() => running.close());

/** The result of a request from the page: `blocked`, or the response. */
function fetched(url: string): Promise<string> {
  return page.evaluate(
    (address) =>
      fetch(address).then(
        (response) => String(response.status),
        () => "blocked",
      ),
    url,
  );
}

describe("the page", () => {
  it("has no Node, only the bridge of the contract, and a policy that allows nothing else", async () => {
    const seen = await page.evaluate(async () => ({
      node: ["require", "process", "module", "Buffer", "global"].filter((name) => name in globalThis),
      bridge: Object.keys((globalThis as unknown as { vault: object }).vault).toSorted(),
      evaluated: await new Promise((resolve) => {
        // As text, and with a delay: code that the test driver evaluates is exempt from the policy.
        // oxlint-disable-next-line no-implied-eval -- that it is refused is the point
        setTimeout("globalThis.evaluated = true");
        setTimeout(() => resolve("evaluated" in globalThis), 50);
      }),
    }));
    expect(seen).toEqual({ node: [], bridge: ["call", "givePack", "on"], evaluated: false });
    expect(await fetched("https://example.org/")).toBe("blocked");
    expect(await fetched("http://127.0.0.1:9/")).toBe("blocked");
    expect(await fetched("file:///etc/passwd")).toBe("blocked");
  });

  it("cannot navigate away, open a window, or run a script from elsewhere", async () => {
    const opened = await page.evaluate(() => {
      const script = document.createElement("script");
      script.textContent = "globalThis.injected = true";
      document.body.append(script);
      location.href = "https://example.org/";
      return window.open("https://example.org/") === null && !("injected" in globalThis);
    });
    expect(opened).toBe(true);
    expect(page.url()).toBe("app://usb-video-vault/index.html");
    expect(app.windows()).toHaveLength(1);
  });

  it("is granted full screen and copying, nothing else", async () => {
    const states = await page.evaluate(async () => {
      const permissions = ["camera", "microphone", "geolocation", "notifications", "midi", "clipboard-read"];
      const answers = await Promise.all(
        permissions.map((name) => navigator.permissions.query({ name: name as PermissionName })),
      );
      return [...new Set(answers.map(({ state }) => state))];
    });
    expect(states).toEqual(["denied"]);
    const camera = await page.evaluate(() =>
      (navigator.mediaDevices?.getUserMedia({ video: true }) ?? Promise.reject(new Error("none"))).then(
        () => "granted",
        () => "denied",
      ),
    );
    expect(camera).toBe("denied");
  });
});

describe("the bridge", () => {
  it("passes only names of the contract, and the main process validates the content", async () => {
    const call = (name: string, input: unknown) =>
      page.evaluate(
        ([channel, value]) =>
          (globalThis as unknown as { vault: { call(n: unknown, i: unknown): Promise<unknown> } }).vault.call(
            channel,
            value,
          ),
        [name, input] as const,
      );
    const refused = { ok: false, error: { code: "BAD_REQUEST" } };
    expect(await call("app.quit", undefined)).toEqual(refused);
    expect(await call("__proto__", undefined)).toEqual(refused);
    expect(await call("player.open", { videoId: "../../../etc/passwd" })).toEqual(refused);
    expect(await call("player.progress", { videoId: "a".repeat(26), positionSeconds: "1" })).toEqual(refused);
    expect(await call("license.import", { text: "nonsense" })).toEqual({ ok: false, error: { code: "MALFORMED" } });
  });

  it("has exactly one handler for every channel of the contract", async () => {
    const registered = await app.evaluate(({ ipcMain }) => [
      ...(ipcMain as unknown as Record<string, Map<string, unknown>>)["_invokeHandlers"]!.keys(),
    ]);
    // Electron's own channels have names in capitals.
    expect(registered.filter((name) => /^[a-z]/.test(name)).toSorted()).toEqual(
      [...Object.keys(calls), GIVEN_PACK_CHANNEL].toSorted(),
    );
    expect(Object.keys(events).toSorted()).toEqual(["app.changed", "player.fault", "player.restored"]);
  });

  it("contains no key: nothing that the page can reach contains one", async () => {
    const texts = await page.evaluate(async () => {
      const { vault } = globalThis as unknown as { vault: { call(n: string): Promise<unknown> } };
      return JSON.stringify([
        await vault.call("app.snapshot"),
        await vault.call("catalog.list"),
        document.documentElement.outerHTML,
      ]);
    });
    const { stick, keys } = published;
    expect(texts).not.toContain(stick);
    expect(texts).not.toContain(keys);
    expect(texts).not.toMatch(/\bkek\b|"key"|sealed|salt/i);
  });
});

describe("the media scheme", () => {
  it("does not answer any other page, even in the same session", async () => {
    const mediaUrl = await page.evaluate(() => document.querySelector("video")?.currentSrc ?? "");
    expect(mediaUrl).toMatch(/^vault:\/\/media\//);
    const outcome = await app.evaluate(async ({ BrowserWindow, session }, url) => {
      const window = new BrowserWindow({ show: false, webPreferences: { session: session.fromPartition("viewer") } });
      await window.loadURL("about:blank");
      const script = `new Promise((resolve) => {
        const video = document.createElement("video");
        video.src = ${JSON.stringify(url)};
        video.onloadedmetadata = () => resolve("played");
        video.onerror = () => resolve("refused");
      })`;
      const result = (await window.webContents.executeJavaScript(script)) as string;
      window.destroy();
      return result;
    }, mediaUrl);
    expect(outcome).toBe("refused");
  });

  it("cannot be fetched by script, not even by our own page", async () => {
    const mediaUrl = await page.evaluate(() => document.querySelector("video")?.currentSrc ?? "");
    expect(await fetched(mediaUrl)).toBe("blocked");
  });
});

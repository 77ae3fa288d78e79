import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { ElectronApplication, Page } from "playwright";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { driveElectron } from "../../build/drive-electron.ts";
import { projectRoot } from "../../build/electron-runtime.ts";
import { packStick } from "./publisher.ts";
import { suiteFolder } from "./suite-folder.ts";

// Electron's security checklist (electronjs.org/docs/latest/tutorial/security), read from the running app. Its item 16,
// the version of Electron, is checked at each release; item 19, the fuses, in `npm run long -- packages`.
const folder = suiteFolder();
let app: ElectronApplication;
let page: Page;

beforeAll(async () => {
  const { stick, trust } = packStick(folder(), ["lighthouse.mp4"]);
  const profile = [`--user-data-dir=${join(folder(), "data")}`, "--lang=en"];
  app = await driveElectron(["--disable-gpu", ...profile, projectRoot, "--vault", stick, "--trust", trust]);
  page = await app.firstWindow();
  await page.locator("[data-screen=locked]").waitFor();
});
afterAll(() => app.close());

/** The settings of every page of the app, as Electron applied them. */
const preferences = () =>
  app.evaluate(({ webContents }) =>
    webContents.getAllWebContents().map((contents) => {
      type Internal = { getLastWebPreferences(): Record<string, unknown> };
      const { session: _session, ...settings } = (contents as unknown as Internal).getLastWebPreferences();
      return settings;
    }),
  );

describe("Electron's security checklist", () => {
  it("1, 18: everything is loaded over our own protocols, nothing over http or file", async () => {
    const loaded = await page.evaluate(() => [
      location.href,
      ...[...document.querySelectorAll<HTMLScriptElement>("script, img, video")].map(({ src }) => src),
      ...[...document.styleSheets].map(({ href }) => href ?? ""),
    ]);
    expect(loaded.length).toBeGreaterThan(2);
    expect([...new Set(loaded.map((url) => new URL(url).protocol))]).toEqual(["app:"]);
  });

  it.each([
    ["2: Node.js is not integrated", "nodeIntegration", false],
    ["2: nor in workers", "nodeIntegrationInWorker", false],
    ["2: nor in frames", "nodeIntegrationInSubFrames", false],
    ["3: contexts are isolated", "contextIsolation", true],
    ["4: processes are sandboxed", "sandbox", true],
    ["6: web security is on", "webSecurity", true],
    ["8: no insecure content runs", "allowRunningInsecureContent", false],
    ["9: no experimental features", "experimentalFeatures", false],
    ["10: one Blink feature, the choice of a sound track", "enableBlinkFeatures", "AudioVideoTracks"],
    ["11: no webview, so none with pop-ups", "webviewTag", false],
  ] as const)("%s", async (_item, name, value) => {
    const all = await preferences();
    expect(all).toHaveLength(1);
    // Electron leaves out some of what has its default value.
    expect(all[0]?.[name] ?? false).toBe(value);
  });

  it("5: permissions are decided by us, and denied", async () => {
    const answers = await page.evaluate(async () => [
      await Notification.requestPermission(),
      (await navigator.permissions.query({ name: "geolocation" })).state,
      await navigator.mediaDevices?.getUserMedia({ audio: true }).then(
        () => "granted",
        () => "denied",
      ),
    ]);
    expect(answers).toEqual(["denied", "denied", "denied"]);
  });

  it("7: the page has a Content Security Policy without exceptions", async () => {
    const policy = await page.evaluate(
      () =>
        new Promise<string>((resolve) => {
          document.addEventListener("securitypolicyviolation", (event) => resolve(event.originalPolicy), {
            once: true,
          });
          const image = document.createElement("img");
          image.src = "https://example.org/x.png";
          document.body.append(image);
        }),
    );
    const directives = new Map(policy.split("; ").map((directive) => directive.split(/ (.*)/s, 2) as [string, string]));
    expect(directives.get("default-src")).toBe("'none'");
    expect(directives.get("script-src")).toBe("'self'");
    for (const name of ["connect-src", "base-uri", "form-action", "frame-ancestors"])
      expect(directives.get(name), name).toBe("'none'");
    expect(policy).not.toMatch(/unsafe-|\*|https?:|data:|blob:|file:/);
  });

  it("11, 12: a webview is an element without abilities, and none could be attached", async () => {
    const abilities = await page.evaluate(() => {
      const webview = document.createElement("webview");
      document.body.append(webview);
      return ["loadURL", "executeJavaScript", "getWebContentsId"].filter((name) => name in webview);
    });
    expect(abilities).toEqual([]);
    const guarded = await app.evaluate(({ webContents }) =>
      webContents.getAllWebContents().map((contents) => contents.listenerCount("will-attach-webview") > 0),
    );
    expect(guarded).toEqual([true]);
  });

  it("13, 14: the page goes nowhere else, and opens no window", async () => {
    const before = page.url();
    const opened = await page.evaluate(() => {
      location.href = "https://example.org/";
      return [window.open("https://example.org/"), window.open("app://usb-video-vault/index.html")].filter(Boolean)
        .length;
    });
    expect(opened).toBe(0);
    expect([page.url(), app.windows().length]).toEqual([before, 1]);
  });

  it("15: no program passes anything to the system to open", () => {
    const main = join(projectRoot, "out", "main");
    const programs = readdirSync(main).filter((name) => name.endsWith(".js"));
    expect(programs).toContain("main.js");
    for (const name of programs) expect(readFileSync(join(main, name), "utf8"), name).not.toContain("openExternal");
  });

  it("17: a call is answered to our page only, even if another page of the app could send it", async () => {
    const answer = await app.evaluate(async ({ BrowserWindow }) => {
      const webPreferences = { nodeIntegration: true, contextIsolation: false, sandbox: false };
      const window = new BrowserWindow({ show: false, webPreferences });
      await window.loadURL("data:text/html,<title>another page</title>");
      const script = 'require("electron").ipcRenderer.invoke("app.snapshot")';
      const result = (await window.webContents.executeJavaScript(script)) as unknown;
      window.destroy();
      return result;
    });
    expect(answer).toEqual({ ok: false, error: { code: "BAD_REQUEST" } });
    const ours = await page.evaluate(() =>
      (globalThis as unknown as { vault: { call(name: string): Promise<{ ok: boolean }> } }).vault.call("app.snapshot"),
    );
    expect(ours.ok).toBe(true);
  });

  it("20: the page sees our bridge, and nothing of Electron", async () => {
    const seen = await page.evaluate(() => ({
      bridge: Object.keys((globalThis as unknown as { vault: object }).vault).toSorted(),
      electron: ["electron", "ipcRenderer", "require", "process", "Buffer", "webFrame"].filter(
        (name) => name in globalThis,
      ),
    }));
    // `givePack` takes a file that a person dropped; the page never gets its path.
    expect(seen).toEqual({ bridge: ["call", "givePack", "on"], electron: [] });
  });
});

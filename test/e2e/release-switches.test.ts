import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { debugMain, untilListening } from "./node-inspector.ts";
import { clip, expectDone, issuePassphraseLicense, vaultctl } from "./publisher.ts";
import { buildRelease, profileOf, releaseLog, type ReleaseApp, startAndAsk, startRelease } from "./release-app.ts";
import { suiteFolder } from "./suite-folder.ts";

// One of each kind; `npm run long -- packages` tries the whole list on the packaged app.
const ONE_OF_EACH_KIND = [
  "--remote-debugging-pipe",
  "-remote-debugging-pipe",
  " --remote-debugging-pipe",
  "--remote-debugging-port=0",
  "--js-flags=--allow-natives-syntax",
  "--renderer-cmd-prefix=/bin/sh",
  "--disable-web-security",
  "--no-sandbox",
  "--user-data-dir=/tmp/evil",
  "--host-resolver-rules=MAP * evil",
  "--trust=/tmp/evil",
];

const folder = suiteFolder();
let release: ReleaseApp;
let license: ReturnType<typeof issuePassphraseLicense>;
const stick = () => join(folder(), "stick");

beforeAll(async () => {
  const keys = join(folder(), "keys");
  mkdirSync(stick());
  expectDone(vaultctl("keys", "init", "--dir", keys));
  expectDone(vaultctl("pack", "--stick", stick(), "--keys", keys, "--label", "Le port", clip("lighthouse.mp4")));
  license = issuePassphraseLicense({ keys, stick: stick() });
  release = await buildRelease(folder(), join(keys, "public"));
});

describe("a release, started with a switch that it does not know", () => {
  it.each(ONE_OF_EACH_KIND)("ends at once, and says why: %j", async (word) => {
    const { code, written, answer } = await startAndAsk(release, ["--vault", stick(), word]);
    expect(code).toBe(1);
    expect(written).toContain("OPTION_REFUSED");
    expect(answer).toBe("");
    expect(existsSync(profileOf(release))).toBe(false);
  });
});

it("ends, and says why, if it was restarted without unwanted variables and still has one", async () => {
  const env = { SSLKEYLOGFILE: join(release.home, "keys") };
  const { code, written } = await startAndAsk(release, ["--without-variables"], { env });
  expect(code).toBe(1);
  expect(written).toContain("VARIABLE_REFUSED");
  expect(written).toContain("SSLKEYLOGFILE");
  expect(existsSync(profileOf(release))).toBe(false);
});

it("answers no media request while a debugger is attached, and plays before and after", async () => {
  const result = join(release.home, "result.json");
  const child = startRelease(release, ["--vault", stick()], { isInSession: true });
  await expect.poll(() => releaseLog(release), { timeout: 40_000 }).toContain('"code":"MISSING"');
  // Node's own way to open the inspector of a running program. Fuses turn it off; this Electron has none.
  const listening = untilListening(child);
  process.kill(mainProcess(), "SIGUSR1");
  const attempt = JSON.stringify(attemptToPlay({ ...license, result }));
  await debugMain(await listening, `void eval(${attempt}); "started"`);
  await expect.poll(() => existsSync(result), { timeout: 60_000 }).toBe(true);
  expect(JSON.parse(readFileSync(result, "utf8"))).toEqual({
    unlocked: true,
    "with Node's inspector open": "refused",
    "with nothing attached": "played",
    "with Chromium's debugger attached": "refused",
    "with it detached": "played",
  });
});

/** The app itself, below the session that it was started in: its oldest process. */
function mainProcess(): number {
  return Number(execFileSync("pgrep", ["--oldest", "--full", `^${release.executable} `], { encoding: "utf8" }));
}

/** What an attacker runs in the main process: it unlocks the vault, and plays in each of the four situations. */
function attemptToPlay(given: { text: string; passphrase: string; result: string }): string {
  return `(async (given) => {
    const [window] = require("electron").BrowserWindow.getAllWindows();
    const contents = window.webContents;
    const inPage = (code, input) => contents.executeJavaScript("(" + code + ")(" + JSON.stringify(input) + ")", true);
    const play = () => inPage(async () => {
      const list = await vault.call("catalog.list");
      if (!list.ok) return list.error.code;
      const opened = await vault.call("player.open", { videoId: list.value.items[0].id });
      if (!opened.ok) return opened.error.code;
      const outcome = await new Promise((resolve) => {
        const video = document.createElement("video");
        video.onloadedmetadata = () => resolve("played");
        video.onerror = () => resolve("refused");
        video.src = opened.value.mediaUrl;
      });
      await vault.call("player.close");
      return outcome;
    });
    const results = {};
    try {
      results.unlocked = await inPage(async ({ text, passphrase }) => {
        await vault.call("license.import", { text });
        return (await vault.call("license.unlock", { passphrase })).ok;
      }, given);
      results["with Node's inspector open"] = await play();
      process.getBuiltinModule("node:inspector").close();
      results["with nothing attached"] = await play();
      contents.debugger.attach();
      results["with Chromium's debugger attached"] = await play();
      contents.debugger.detach();
      results["with it detached"] = await play();
    } catch (error) {
      results.error = String(error);
    }
    process.getBuiltinModule("node:fs").writeFileSync(given.result + ".new", JSON.stringify(results));
    process.getBuiltinModule("node:fs").renameSync(given.result + ".new", given.result);
  })(${JSON.stringify(given)})`;
}

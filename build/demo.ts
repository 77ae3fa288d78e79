import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Page } from "playwright";
import { buildApp } from "./build-app.ts";
import { exitOf, runOnPrivateDesktop } from "./desktop.ts";
import { driveElectron } from "./drive-electron.ts";
import { projectRoot, readElectronRuntime } from "./electron-runtime.ts";

// The whole workflow with the real tools: keys, a packed stick, a license, and the app that plays the stick.
// Created again each time, so that files of an earlier demo cause no errors.
const local = join(projectRoot, ".local", "demo");
const keys = join(local, "keys");
const stick = join(local, "stick");
const license = join(stick, "VAULT", "licenses", "demo.uvvlic");
const passphraseFile = join(local, "passphrase.txt");
const screenshot = join(projectRoot, "demo.png");
const clips = ["harbour.mp4", "lighthouse.mp4", "tides.webm"].map((name) => join(projectRoot, "test", "media", name));

const films = process.argv.slice(2).map((path) => resolve(path));
if (process.platform === "linux" && !process.env["DISPLAY"] && !process.env["WAYLAND_DISPLAY"]) {
  say("There is no display here: using a virtual display.");
  process.exit(await runOnPrivateDesktop([process.execPath, ...process.argv.slice(1)], { UVV_VIRTUAL_DISPLAY: "1" }));
}
const isVirtual = process.env["UVV_VIRTUAL_DISPLAY"] === "1";

try {
  prepareStick();
  say("Building the app with these public keys.");
  await buildApp({ profile: join(keys, "public") });
  await play();
} catch (error) {
  process.stderr.write(`\nThe demo stopped: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

function prepareStick(): void {
  rmSync(local, { recursive: true, force: true });
  mkdirSync(stick, { recursive: true });
  say("Making development keys.");
  vaultctl("keys", "init", "--dir", keys, "--dev");
  say("Packing a demo stick: encrypting, signing, reading back.");
  vaultctl("pack", "--stick", stick, "--keys", keys, "--label", "Demo", ...(films.length > 0 ? films : clips));
  say("Issuing a license for a day, unlocked by a passphrase.");
  mkdirSync(join(stick, "VAULT", "licenses"), { recursive: true });
  const terms = ["--for", "DEMO-0001", "--days", "1", "--passphrase-file", passphraseFile, "--out", license];
  vaultctl("license", "issue", "--keys", keys, "--stick", stick, ...terms);
}

async function play(): Promise<void> {
  const { version, origin } = readElectronRuntime();
  say(`Starting the app on Electron ${version} (${origin}).`);
  const userData = join(local, "profile");
  const args = [...(isVirtual ? ["--disable-gpu"] : []), `--user-data-dir=${userData}`];
  const app = await driveElectron([...args, projectRoot, "--vault", stick]);
  const closed = exitOf(app.process());
  const page = await app.firstWindow();
  say("Unlocking the stick with its passphrase, and playing the first video.");
  await watchFirstVideo(page);
  // The controls disappear while the mouse does not move.
  await page.mouse.move(640, 400);
  await page.getByRole("button", { name: /pause/i }).first().waitFor();
  await page.screenshot({ path: screenshot });
  say(`It plays. A picture of the window is in ${screenshot}`);
  if (isVirtual) {
    await app.close();
  } else {
    say("You can use the window now. Close it to end the demo.");
    await closed;
  }
}

/** Unlocks the stick and plays a video by keyboard, as a viewer does. */
async function watchFirstVideo(page: Page): Promise<void> {
  const passphrase = readFileSync(passphraseFile, "utf8").trim();
  await page.getByRole("textbox").first().fill(passphrase);
  await page.keyboard.press("Enter");
  await page.locator("[data-screen=catalog]").waitFor();
  await page.getByRole("gridcell").first().click();
  await page.waitForFunction(() => (document.querySelector("video")?.currentTime ?? 0) > 3);
}

function vaultctl(...args: string[]): void {
  const command = [join(projectRoot, "src-ops", "cli", "main.ts"), ...args];
  const { status } = spawnSync(process.execPath, command, { stdio: ["ignore", 2, 2] });
  if (status !== 0) throw new Error(`vaultctl ${args[0]} failed; see its output above.`);
}

function say(text: string): void {
  process.stdout.write(`\n> ${text}\n`);
}

import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { chownSync, cpSync, existsSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { type Browser, chromium, type Page } from "playwright";
import { onTestFailed, onTestFinished } from "vitest";

// The app as installed by dpkg: with its fuses, from its ASAR. No inspector can attach to it; its pages are driven over
// Chromium's debugging port, which development builds allow and releases refuse.
const INSTALLED = "/opt/usb-video-vault/usb-video-vault";
const QUIET = { env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" }, stdio: "ignore" } as const;

export function installPackage(deb: string): void {
  const args = ["install", "-y", "-qq", "--no-install-recommends", "--allow-downgrades", deb];
  execFileSync("apt-get", args, QUIET);
}

/** As the guide says for an interrupted dpkg: `apt-get` does not accept a half-installed package. */
export function reinstall(deb: string): void {
  execFileSync("dpkg", ["--install", deb], QUIET);
}

export function removePackage(): void {
  execFileSync("apt-get", ["remove", "-y", "-qq", "usb-video-vault"], QUIET);
}

export function installedVersion(): string {
  return execFileSync("dpkg-query", ["-W", "-f=${Version}", "usb-video-vault"], { encoding: "utf8" });
}

export function startInstalled(userData: string, args: readonly string[] = []): ChildProcess {
  const switches = ["--no-sandbox", "--disable-gpu", `--user-data-dir=${userData}`, "--lang=en"];
  const app = spawn(INSTALLED, [...switches, ...args], { stdio: ["ignore", "ignore", "pipe"] });
  onTestFinished(() => endAll(userData));
  onTestFailed(() => void process.stderr.write(logOf(userData)));
  return app;
}

/** Debian's user without rights. */
export const ORDINARY = { name: "nobody", uid: 65_534, gid: 65_534 };

// The app's first process ends when an update restarts the app; the session must continue.
const IN_A_SESSION = `eval "$(printf test | gnome-keyring-daemon --unlock --components=secrets 2>/dev/null)"; "$@"; exec sleep infinity`;

/** The same as an ordinary user, with Chromium's sandbox, on that user's own session bus and keyring. */
export function startInstalledAsOrdinary(home: string, userData: string, args: readonly string[]): void {
  // The key of the virtual display belongs to root.
  const displayKey = join(home, "display-key");
  cpSync(process.env["XAUTHORITY"] ?? "", displayKey);
  chownSync(displayKey, ORDINARY.uid, ORDINARY.gid);
  const app = [INSTALLED, "--disable-gpu", `--user-data-dir=${userData}`, "--lang=en", ...args];
  const session = spawn("dbus-run-session", ["--", "sh", "-c", IN_A_SESSION, "sh", ...app], {
    uid: ORDINARY.uid,
    gid: ORDINARY.gid,
    cwd: home,
    detached: true,
    stdio: "ignore",
    env: {
      PATH: "/usr/bin:/bin",
      SHELL: "/bin/bash",
      DISPLAY: process.env["DISPLAY"] ?? "",
      XAUTHORITY: displayKey,
      HOME: home,
      USER: ORDINARY.name,
      XDG_RUNTIME_DIR: home,
    },
  });
  onTestFinished(() => {
    endAll(userData);
    if (session.pid !== undefined) process.kill(-session.pid, "SIGKILL");
  });
  onTestFailed(() => void process.stderr.write(logOf(userData)));
}

/** Kills every process of a profile, including one that an update has restarted. */
export function endAll(userData: string): void {
  for (const pid of processesOf(userData)) process.kill(pid, "SIGKILL");
}

/** The users that the processes of a profile run as. */
export function runsAs(userData: string): number[] {
  return [...new Set(processesOf(userData).map((pid) => statSync(`/proc/${pid}`).uid))];
}

function processesOf(userData: string): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        // Chromium overwrites its command line, separated by spaces.
        const commandLine = readFileSync(`/proc/${pid}/cmdline`, "utf8");
        return commandLine.startsWith(INSTALLED) && commandLine.includes(userData);
      } catch {
        // The process has ended meanwhile.
        return false;
      }
    })
    .map(Number);
}

/** The complete log of a profile so far. */
export function logOf(userData: string): string {
  const logs = join(userData, "logs");
  return existsSync(logs)
    ? readdirSync(logs)
        .map((name) => readFileSync(join(logs, name), "utf8"))
        .join("")
    : "";
}

export async function untilLogged(userData: string, text: string, limitMs = 30_000): Promise<string> {
  for (const end = performance.now() + limitMs; performance.now() < end; await setTimeout(100)) {
    const log = logOf(userData);
    if (log.includes(text)) return log;
  }
  throw new Error(`the log does not contain ${text}: ${logOf(userData)}`);
}

/** The window of an app that was started with `--remote-debugging-port=0`. */
export async function windowOf(userData: string): Promise<{ page: Page; browser: Browser }> {
  const file = join(userData, "DevToolsActivePort");
  for (let tries = 0; !existsSync(file) && tries < 300; tries++) await setTimeout(100);
  const port = readFileSync(file, "utf8").split("\n")[0];
  // The next start writes a new file.
  rmSync(file);
  const address = `http://127.0.0.1:${port}`;
  // A client that connects before the page exists would wait for ever.
  for (let tries = 0; !(await hasPage(address)) && tries < 300; tries++) await setTimeout(100);
  const browser = await chromium.connectOverCDP(address);
  const page = browser.contexts()[0]?.pages()[0];
  if (!page) throw new Error("the app has no window");
  page.setDefaultTimeout(30_000);
  return { page, browser };
}

async function hasPage(address: string): Promise<boolean> {
  const targets = (await (await fetch(`${address}/json/list`)).json()) as { type: string; title: string }[];
  return targets.some(({ type, title }) => type === "page" && title === "USB Video Vault");
}

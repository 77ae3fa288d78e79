import { execFileSync, spawnSync } from "node:child_process";
import {
  chmodSync,
  closeSync,
  constants,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import type { Trace } from "../e2e/dangerous-variables.ts";
import { type ReleaseApp, startRelease } from "../e2e/release-app.ts";

/** A program that gives every variable of the list something to act on, and ends by itself. */
const CONTROL = `
if (process.env.ELECTRON_RUN_AS_NODE) { console.error("as Node"); process.exit(); }
const { app, BrowserWindow, crashReporter } = require("electron");
crashReporter.start({ uploadToServer: false });
process.emitWarning("a warning");
try { require("trap.cjs"); } catch {}
require("node:tls").createSecureContext();
require("node:https").get("https://127.0.0.1:1").on("error", () => undefined);
app.whenReady().then(() => {
  new BrowserWindow({ webPreferences: { sandbox: true } }).loadURL("data:text/html,<script>console.log('x')</script>");
  setTimeout(() => app.quit(), 3000);
});
`;

export type Folders = { readonly traps: string; readonly written: string };

/** The files that the variables point to, and a program that shows what a plain Electron does with them. */
export function setTraps(folder: string): Folders & { readonly control: string } {
  const traps = join(folder, "traps");
  const written = join(folder, "written");
  const control = join(folder, "control");
  for (const made of [traps, control]) mkdirSync(made);
  const mark = join(written, "trapped");
  writeFileSync(join(traps, "trap.cjs"), `require("node:fs").writeFileSync(${JSON.stringify(mark)}, "")\n`);
  writeFileSync(join(traps, "trap.sh"), `#!/bin/sh\ntouch '${mark}'\n`, { mode: 0o755 });
  execFileSync("mkfifo", ["-m", "644", join(traps, "pipe")]);
  writeFileSync(join(control, "package.json"), JSON.stringify({ name: "control", main: "main.cjs" }));
  writeFileSync(join(control, "main.cjs"), CONTROL);
  return { traps, written, control };
}

/**
 * Starts an app with one variable and looks at what it does until it ends, or for a while after `isUp`. Only what it does
 * from `isUp` on counts, because a release starts again without the variable.
 */
export async function traceOf(
  app: ReleaseApp,
  { traps, written }: Folders,
  [name, value]: readonly [name: string, value: string],
  isUp: () => boolean,
): Promise<Trace> {
  const seen = { stderr: "", isUnsandboxed: false, isPipeRead: false, isSet: false };
  emptyFolder(written);
  const child = startRelease(app, [], { env: { [name]: value } });
  child.stderr?.on("data", (text: Buffer) => (seen.stderr += text.toString()));
  let looks = 0;
  // It has ended when nothing of it was seen for a second: a release that starts again may be gone for a moment.
  let absences = 0;
  while (looks < 15 && absences < 10) {
    absences = processesOf(app).length > 0 ? 0 : absences + 1;
    if (isUp() && looks++ === 0) {
      emptyFolder(written);
      seen.stderr = "";
    }
    seen.isPipeRead ||= hasReader(join(traps, "pipe"));
    for (const pid of processesOf(app)) {
      seen.isUnsandboxed ||= isPageWithoutSandbox(pid);
      if (looks > 0) seen.isSet ||= read(pid, "environ").split("\0").includes(`${name}=${value}`);
    }
    await setTimeout(100);
  }
  for (const pid of processesOf(app).slice(0, 1)) process.kill(pid, "SIGTERM");
  for (let tries = 0; tries < 50 && processesOf(app).length > 0; tries++) await setTimeout(100);
  for (const pid of processesOf(app)) process.kill(pid, "SIGKILL");
  return { ...seen, files: readdirSync(written) };
}

/** The processes of an app, the oldest first: those that it has started again belong to it. */
function processesOf({ executable }: ReleaseApp): number[] {
  return spawnSync("pgrep", ["--full", `^${executable}`], { encoding: "utf8" })
    .stdout.split("\n")
    .filter(Boolean)
    .map(Number);
}

/** A file about a process; empty if the process has ended meanwhile. */
function read(pid: number, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, "utf8");
  } catch {
    return "";
  }
}

function emptyFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  chmodSync(folder, 0o777);
}

function isPageWithoutSandbox(pid: number): boolean {
  return read(pid, "cmdline").includes("--type=renderer") && /^Seccomp:\t0$/m.test(read(pid, "status"));
}

/** Whether a program waits for what this pipe gives; it gets nothing. */
function hasReader(pipe: string): boolean {
  try {
    closeSync(openSync(pipe, constants.O_WRONLY | constants.O_NONBLOCK));
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENXIO") return false;
    throw error;
  }
}

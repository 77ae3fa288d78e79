import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { onTestFinished } from "vitest";
import { buildPrograms } from "../../build/build-app.ts";
import { projectRoot, readElectronRuntime } from "../../build/electron-runtime.ts";

/** Debian's user without rights: a release refuses `--no-sandbox`, which root would need. */
const NOBODY = 65_534;
const isRoot = process.getuid?.() === 0;

// Its own session bus, with an unlocked keyring.
const IN_A_SESSION = `eval "$(printf test | gnome-keyring-daemon --unlock --components=secrets 2>/dev/null)"; exec "$@"`;

/** A release of the app: its executable, the words that come first, and the home folder of the user who starts it. */
export type ReleaseApp = { readonly executable: string; readonly words: readonly string[]; readonly home: string };

/**
 * Builds a release that trusts the given keys, in a folder that every user can read: beside an Electron without fuses,
 * so what the app refuses, it refuses by itself.
 */
export async function buildRelease(folder: string, profile: string): Promise<ReleaseApp> {
  const program = join(folder, "program");
  mkdirSync(program);
  await buildPrograms(join(program, "out"), { profile, release: true });
  for (const name of ["out/renderer", "package.json", "node_modules/keytar", "node_modules/tweetnacl"])
    cpSync(join(projectRoot, name), join(program, name), { recursive: true });
  return { executable: copyElectron(folder), words: [program], home: makeHome(folder) };
}

/** Copies Electron into a folder: its own place may be a home folder that other users cannot read. */
export function copyElectron(folder: string): string {
  const electron = join(folder, "electron");
  cpSync(dirname(readElectronRuntime().executable), electron, { recursive: true });
  return join(electron, "electron");
}

/** Makes a home folder for the user who starts a release, and lets that user read the whole folder around it. */
export function makeHome(folder: string): string {
  const home = join(folder, "home");
  mkdirSync(home);
  cpSync(process.env["XAUTHORITY"] ?? "", join(home, "display-key"));
  execFileSync("chmod", ["-R", "a+rX", folder]);
  // A session bus demands a folder of its user's own.
  if (isRoot) execFileSync("chown", ["-R", `${NOBODY}:${NOBODY}`, home]);
  return home;
}

export type Start = {
  readonly env?: Readonly<Record<string, string>>;
  /** With a session bus and an unlocked keyring. */
  readonly isInSession?: boolean;
};

/** Starts a release as an ordinary user. The two pipes after the standard ones are those of a debugger. */
export function startRelease(
  { executable, words: first, home }: ReleaseApp,
  words: readonly string[],
  start: Start = {},
): ChildProcess {
  const session = start.isInSession ? ["dbus-run-session", "--", "sh", "-c", IN_A_SESSION, "sh"] : [];
  const [command = "", ...args] = [...session, executable, ...first, ...words];
  const child = spawn(command, args, {
    ...(isRoot ? { uid: NOBODY, gid: NOBODY } : {}),
    cwd: home,
    // A group of its own, which can be ended as a whole.
    detached: true,
    env: {
      PATH: "/usr/bin:/bin",
      DISPLAY: process.env["DISPLAY"] ?? "",
      XAUTHORITY: join(home, "display-key"),
      HOME: home,
      XDG_RUNTIME_DIR: home,
      LANG: "C.UTF-8",
      ...start.env,
    },
    stdio: ["ignore", "ignore", "pipe", "pipe", "pipe"],
  });
  onTestFinished(() => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
    } catch {
      // It has ended by itself.
    }
  });
  return child;
}

/**
 * Starts a release that should end by itself, and speaks Chromium's debugging protocol on the two pipes after the
 * standard ones. `answer`: what came back.
 */
export async function startAndAsk(
  app: ReleaseApp,
  words: readonly string[],
  start: Start = {},
): Promise<{ code: number | null; written: string; answer: string }> {
  const child = startRelease(app, words, start);
  const [, , , toBrowser, fromBrowser] = child.stdio;
  const request = toBrowser as NodeJS.WritableStream;
  // The other end is closed when the program ends.
  request.on("error", () => undefined);
  request.write('{"id":1,"method":"Browser.getVersion"}\0');
  const exit = once(child, "exit") as Promise<[number | null]>;
  const [written, answer, [code]] = await Promise.all([
    text(child.stderr!),
    text(fromBrowser as NodeJS.ReadableStream),
    exit,
  ]);
  return { code, written, answer };
}

/** The profile folder of a release. */
export const profileOf = ({ home }: ReleaseApp): string => join(home, ".config", "usb-video-vault");

/** Everything that a release has logged so far. */
export function releaseLog(app: ReleaseApp): string {
  const logs = join(profileOf(app), "logs");
  if (!existsSync(logs)) return "";
  return readdirSync(logs)
    .map((name) => readFileSync(join(logs, name), "utf8"))
    .join("");
}

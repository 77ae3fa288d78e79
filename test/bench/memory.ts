import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { launcherSwitches, projectRoot, readElectronRuntime } from "../../build/electron-runtime.ts";
import { MIB } from "../../src-shared/units.ts";
import { passphraseLicense, TEST_PASSPHRASE, writeTestVault } from "../fakes/test-vault.ts";
import { absolute, type Measurement, median, relative } from "./measurement.ts";
import { privateBytesOfTree } from "./processes.ts";
import { bundledProgram } from "./run-electron.ts";

const SAMPLES = 8;

/**
 * Measures private memory. No driver is attached, because it would count too: `xdotool` sends the keys. For comparison:
 * a blank window, and a bare window that plays the same film in clear.
 */
export async function measureMemory(folder: string, trust: string, film: string): Promise<Measurement[]> {
  const stick = join(folder, "film-stick");
  await writeTestVault(stick, [{ title: "Film", bytes: readFileSync(film) }]);
  await putLicense(stick, 1);
  const data = join(folder, "memory");
  const app = start(`--user-data-dir=${data}`, projectRoot, "--vault", stick, "--trust", trust);
  const window = xdotool("search", "--sync", "--onlyvisible", "--name", "USB Video Vault").split("\n")[0] ?? "";
  // Keys typed before the field is there would be lost.
  await wait(3_000);
  xdotool("windowfocus", "--sync", window);
  xdotool("type", TEST_PASSPHRASE);
  xdotool("key", "Return");
  await wait(3_000);
  for (const key of ["slash", "Down", "Return"]) xdotool("key", key);
  await untilWatched(join(data, "history"), 10);
  const playing = await sample(app.pid);
  app.kill();
  const blank = await sampleOf(folder, "blank", "");
  const bare = await sampleOf(folder, "bare", film);
  return [
    absolute("private memory while playing 720p", playing, "MiB", { atMost: 200 }),
    relative("private memory while playing, against a blank window", playing, blank, "MiB", { atMost: 1.6 }),
    relative("private memory while playing, against a bare window playing the clear file", playing, bare, "MiB"),
  ];
}

/** All profiles share one keychain, which remembers the earlier licenses: each license needs a higher `seq`. */
export async function putLicense(stick: string, seq: number): Promise<void> {
  const licenses = join(stick, "VAULT", "licenses");
  mkdirSync(licenses, { recursive: true });
  const now = Math.floor(Date.now() / 1000);
  const license = await passphraseLicense({ seq, iat: now - 60, nbf: now - 60, exp: now + 86_400 });
  writeFileSync(join(licenses, "bench.uvvlic"), license);
}

function start(...args: string[]): { pid: number; kill: () => void } {
  const child = spawn(readElectronRuntime().executable, [...launcherSwitches(), "--disable-gpu", ...args], {
    stdio: "ignore",
  });
  if (child.pid === undefined) throw new Error("Electron did not start");
  return { pid: child.pid, kill: () => void child.kill() };
}

async function sampleOf(folder: string, name: string, film: string): Promise<number> {
  const program = start(`--user-data-dir=${join(folder, name)}`, bundledProgram("blank"), film);
  await wait(12_000);
  const size = await sample(program.pid);
  program.kill();
  return size;
}

async function sample(pid: number): Promise<number> {
  const sizes: number[] = [];
  for (let index = 0; index < SAMPLES; index++) {
    sizes.push(privateBytesOfTree(pid) / MIB);
    await wait(1_500);
  }
  return median(sizes);
}

/** Waits until the app has recorded that so many seconds were watched. */
async function untilWatched(history: string, seconds: number): Promise<void> {
  for (let tries = 0; tries < 120; tries++) {
    await wait(500);
    const notes = existsSync(history)
      ? readdirSync(history).map((name) => readFileSync(join(history, name), "utf8"))
      : [];
    const positions = notes.flatMap((note) =>
      [...note.matchAll(/"positionSeconds":([\d.]+)/g)].map((match) => Number(match[1])),
    );
    if (positions.some((position) => position >= seconds)) return;
  }
  throw new Error("the film did not play");
}

function xdotool(...args: string[]): string {
  return execFileSync("xdotool", args, { encoding: "utf8", timeout: 30_000 });
}

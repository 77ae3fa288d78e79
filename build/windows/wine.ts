import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, copyFileSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { world } from "./places.ts";
import { commandInRoot, runOrThrow } from "./run-in-root.ts";

/** The person who uses the computer: French, with a space and accents in the name of the profile folder. */
export const USER = "Élodie Côté";

export const PATH = "/usr/sbin:/usr/bin:/sbin:/bin";
/** In the Debian root. */
export const WINE = "/usr/lib/wine/wine64";

/** What a Windows program on the drive C: of a prefix gets from this machine. */
export function wineEnvironment(prefix: string): Readonly<Record<string, string>> {
  return {
    PATH,
    HOME: join(world, "home"),
    USER,
    LANG: "fr_FR.UTF-8",
    DISPLAY: process.env["DISPLAY"] ?? "",
    XAUTHORITY: process.env["XAUTHORITY"] ?? "",
    WINEPREFIX: prefix,
    WINEDEBUG: "-all",
    // Otherwise Wine offers to download its .NET and its browser.
    WINEDLLOVERRIDES: "mscoree,mshtml=",
  };
}

/**
 * Starts a Windows program.
 *
 * @param output a file that gets what the program prints: some programs fail on a pipe
 */
export function startInWine(prefix: string, program: string, args: readonly string[], output: string): ChildProcess {
  mkdirSync(join(output, ".."), { recursive: true });
  const [first, ...words] = commandInRoot([WINE, program, ...args]);
  const written = openSync(output, "a");
  try {
    return spawn(first, words, { env: wineEnvironment(prefix), stdio: ["ignore", written, written] });
  } finally {
    closeSync(written);
  }
}

/**
 * Makes a drive C: as Windows has it after its installation.
 *
 * @param powershell what stands in for PowerShell
 */
export function makePrefix(prefix: string, powershell: string): void {
  mkdirSync(join(world, "home"), { recursive: true });
  runOrThrow(commandInRoot([WINE, "wineboot.exe", "--init"]), { env: wineEnvironment(prefix) });
  untilIdle(prefix);
  for (const system of ["system32", "syswow64"]) {
    const path = join(prefix, "drive_c", "windows", system, "WindowsPowerShell", "v1.0", "powershell.exe");
    rmSync(path);
    copyFileSync(powershell, path);
  }
}

/** Waits until no process runs in a prefix: then its registry has been written. Throws if one does not end. */
export function untilIdle(prefix: string): void {
  const wait = commandInRoot(["/usr/lib/wine/wineserver", "--wait"]);
  runOrThrow(wait, { env: wineEnvironment(prefix), timeout: 120_000 });
}

/** The processes of a prefix, by the command lines that Windows knows. */
export function processesOf(prefix: string): readonly { readonly pid: number; readonly commandLine: string }[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const environment = readFileSync(`/proc/${pid}/environ`, "utf8").split("\0");
        if (!environment.includes(`WINEPREFIX=${prefix}`)) return [];
        // Separated by spaces or by zeros, as the program left it.
        const commandLine = readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
        return [{ pid: Number(pid), commandLine }];
      } catch {
        // The process has ended meanwhile, or is not ours to read.
        return [];
      }
    });
}

/** Ends everything that runs in a prefix, as pulling the plug would. */
export async function endPrefix(prefix: string): Promise<void> {
  for (let tries = 0; tries < 50; tries++) {
    const left = processesOf(prefix);
    if (left.length === 0) return;
    for (const { pid } of left) killIfThere(pid);
    await setTimeout(100);
  }
  throw new Error("processes of Wine did not end");
}

function killIfThere(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended by itself.
  }
}

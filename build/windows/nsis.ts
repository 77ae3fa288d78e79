import { copyFileSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../electron-runtime.ts";
import { freshPrefix, nsisFolder, windowsPath } from "./places.ts";
import { commandInRoot, runOrThrow } from "./run-in-root.ts";
import { NSIS_VARIABLES } from "./stand-ins.ts";
import { PATH, WINE, wineEnvironment } from "./wine.ts";

const SOURCES = join(import.meta.dirname, "stand-ins");
const PLUGINS = ["StdUtils", "UAC", "WinShell", "SpiderBanner", "Nsis7z"];
const COMPILER = "i686-w64-mingw32-gcc";
/** A program that fails at once. */
export const refusingProgram = join(nsisFolder, "elevate.exe");

/** Compiles the stand-ins, and lays them out with Debian's NSIS and this Wine as electron-builder expects it. */
export function makeNsis(): void {
  rmSync(nsisFolder, { recursive: true, force: true });
  const plugins = join(nsisFolder, "plugins", "x86-unicode");
  mkdirSync(plugins, { recursive: true });
  const sevenZip = windowsPath(join(projectRoot, "node_modules", "7zip-bin", "win", "x64", "7za.exe"));
  const define = `-DSEVEN_ZIP=L"${sevenZip.replaceAll("\\", "\\\\")}"`;
  const dll = join(nsisFolder, "plugin.dll");
  compile("-shared", "-municode", define, join(SOURCES, "nsis-plugins.c"), "-o", dll, "-lshell32");
  for (const name of PLUGINS) copyFileSync(dll, join(plugins, `${name}.dll`));
  compile(join(SOURCES, "refuse.c"), "-o", refusingProgram);
  const env = ["env", "-i", `PATH=${PATH}`];
  writeScript("linux/makensis", [...env, "NSISDIR=/usr/share/nsis", "makensis"]);
  const wine = Object.entries(wineEnvironment(freshPrefix)).map(([name, value]) => `${name}=${value}`);
  writeScript("wine/bin/wine", [...env, ...wine, WINE]);
  for (const name of ["lib", "wine-home"]) mkdirSync(join(nsisFolder, "wine", name));
}

/** What makes electron-builder use all this instead of downloading it. */
export const nsisEnvironment: Readonly<Record<string, string>> = {
  ...Object.fromEntries(NSIS_VARIABLES.map((name) => [name, nsisFolder])),
  ELECTRON_BUILDER_WINE_TOOLSET_DIR: join(nsisFolder, "wine"),
};

/** A program that runs a command in the Debian root, with the arguments that it gets. */
function writeScript(name: string, command: readonly string[]): void {
  const path = join(nsisFolder, name);
  mkdirSync(join(path, ".."), { recursive: true });
  const quoted = commandInRoot(command).map((word) => `'${word.replaceAll("'", String.raw`'\''`)}'`);
  writeFileSync(path, `#!/bin/sh\nexec ${quoted.join(" ")} "$@"\n`, { mode: 0o755 });
}

function compile(...args: string[]): void {
  runOrThrow(commandInRoot([COMPILER, "-Os", "-s", "-Wall", "-Werror", ...args]));
}

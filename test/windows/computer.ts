import { execFileSync, type ChildProcess } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { freshPrefix, prefixes, windowsPath, world } from "../../build/windows/places.ts";
import { endPrefix, startInWine, USER } from "../../build/windows/wine.ts";

export type Drive = "E" | "F";

/** A computer with Windows as Wine has it: a drive C: of its own, on which nothing has been installed. */
export type Computer = {
  readonly prefix: string;
  /** The folder `%APPDATA%`. */
  readonly roaming: string;
  /** The folder `%LOCALAPPDATA%`. */
  readonly local: string;
  /** Plugs a stick in: Windows shows a folder of this machine as a drive. */
  readonly plug: (letter: Drive, folder: string) => void;
  readonly unplug: (letter: Drive) => void;
  /** Starts a program by its path on this machine. `output`: a file that gets what it prints. */
  readonly start: (program: string, args: readonly string[], output?: string) => ChildProcess;
  readonly remove: () => Promise<void>;
};

export function newComputer(): Computer {
  mkdirSync(prefixes, { recursive: true });
  const prefix = mkdtempSync(join(prefixes, "computer-"));
  copyPrefix(prefix);
  const profile = join(prefix, "drive_c", "users", USER);
  const driveLink = (letter: Drive) => join(prefix, "dosdevices", `${letter.toLowerCase()}:`);
  return {
    prefix,
    roaming: join(profile, "AppData", "Roaming"),
    local: join(profile, "AppData", "Local"),
    plug: (letter, folder) => symlinkSync(folder, driveLink(letter)),
    unplug: (letter) => rmSync(driveLink(letter)),
    start: (program, args, output = join(world, "logs", "programs.log")) =>
      startInWine(prefix, windowsPath(program), args, output),
    async remove() {
      await endPrefix(prefix);
      rmSync(prefix, { recursive: true, force: true });
    },
  };
}

/** Windows' own files are shared by all computers: nothing writes to them. */
function copyPrefix(prefix: string): void {
  const copy = (from: string, to: string, ...options: string[]) => execFileSync("cp", ["-a", ...options, from, to]);
  const drive = join(prefix, "drive_c");
  mkdirSync(drive);
  for (const name of readdirSync(freshPrefix)) if (name !== "drive_c") copy(join(freshPrefix, name), prefix);
  for (const name of readdirSync(join(freshPrefix, "drive_c")))
    copy(join(freshPrefix, "drive_c", name), drive, ...(name === "windows" ? ["--link"] : []));
}

import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../../build/electron-runtime.ts";

/** The result of `vaultctl`: its exit code and the object it printed. */
export type CommandResult = { readonly status: number | null; readonly json: Record<string, unknown> };

/** Runs the publisher's real tool. */
export function vaultctl(...args: string[]): CommandResult {
  return vaultctlWithin([], ...args);
}

/** Runs the publisher's real tool by a command that runs the command after it. */
export function vaultctlWithin(within: readonly string[], ...args: string[]): CommandResult {
  const tool = join(projectRoot, "src-ops", "cli", "main.ts");
  const [program, ...words] = [...within, process.execPath, tool, ...args, "--json"];
  // Half of the time of a start goes into compiling.
  const env = { ...process.env, NODE_COMPILE_CACHE: join(projectRoot, ".cache", "compile") };
  const { status, stdout, stderr } = spawnSync(program, words, { encoding: "utf8", env });
  if (stdout.trim() === "") throw new Error(`vaultctl ${args.join(" ")} printed nothing: ${stderr}`);
  return { status, json: JSON.parse(stdout) as Record<string, unknown> };
}

export const clip = (name: string) => join(projectRoot, "test", "media", name);

type PackedStick = { readonly keys: string; readonly stick: string; readonly trust: string };

let isFirst = true;

/**
 * A publisher with keys of its own, and a packed stick. The first one of a suite is a copy of what another suite has packed,
 * if one has packed the same films in this run of the tests.
 */
export function packStick(
  folder: string,
  films: readonly string[] = ["harbour.mp4", "lighthouse.mp4", "tides.webm"],
): PackedStick {
  const packed = process.env["UVV_PACKED"];
  if (!isFirst || packed === undefined) return packNew(folder, films);
  isFirst = false;
  const kept = join(packed, films.join("+"));
  if (!existsSync(kept)) {
    const own = mkdtempSync(join(packed, "new-"));
    packNew(own, films);
    // Another suite may have been faster.
    if (!existsSync(kept)) renameSync(own, kept);
  }
  cpSync(kept, folder, { recursive: true, preserveTimestamps: true });
  return placesIn(folder);
}

function placesIn(folder: string): PackedStick {
  const keys = join(folder, "keys");
  return { keys, stick: join(folder, "stick"), trust: join(keys, "public") };
}

function packNew(folder: string, films: readonly string[]): PackedStick {
  const { keys, stick, trust } = placesIn(folder);
  mkdirSync(stick, { recursive: true });
  expectDone(vaultctl("keys", "init", "--dir", keys, "--dev"));
  expectDone(
    vaultctl("pack", "--stick", stick, "--keys", keys, "--no-trial", "--label", "Le port", ...films.map(clip)),
  );
  return { keys, stick, trust };
}

/** A license in stick mode; gives its text and its passphrase. */
export function issuePassphraseLicense(
  { keys, stick, within = [] }: { keys: string; stick: string; within?: readonly string[] },
  name = "license",
) {
  const out = join(keys, "..", `${name}.uvvlic`);
  const secret = join(keys, "..", `${name}.txt`);
  const terms = ["--for", "C-0042", "--days", "30", "--passphrase-file", secret, "--out", out];
  expectDone(vaultctlWithin(within, "license", "issue", "--keys", keys, "--stick", stick, ...terms));
  return { text: readFileSync(out, "utf8"), passphrase: readFileSync(secret, "utf8").trim() };
}

export function expectDone(result: CommandResult): void {
  if (result.status !== 0) throw new Error(`vaultctl failed: ${JSON.stringify(result.json)}`);
}

import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../../build/electron-runtime.ts";

/** What `vaultctl` said: its exit code and the object it printed. */
export type CommandResult = { readonly status: number | null; readonly json: Record<string, unknown> };

/** Runs the publisher's real tool. */
export function vaultctl(...args: string[]): CommandResult {
  const command = [join(projectRoot, "src-ops", "cli", "main.ts"), ...args, "--json"];
  const { status, stdout, stderr } = spawnSync(process.execPath, command, { encoding: "utf8" });
  if (stdout.trim() === "") throw new Error(`vaultctl ${args.join(" ")} said nothing: ${stderr}`);
  return { status, json: JSON.parse(stdout) as Record<string, unknown> };
}

export const clip = (name: string) => join(projectRoot, "test", "media", name);

/** A publisher with keys of its own, and a packed stick. */
export function packStick(folder: string, films: readonly string[] = ["harbour.mp4", "lighthouse.mp4", "tides.webm"]) {
  const keys = join(folder, "keys");
  const stick = join(folder, "stick");
  mkdirSync(stick, { recursive: true });
  expectDone(vaultctl("keys", "init", "--dir", keys, "--dev"));
  expectDone(vaultctl("pack", "--stick", stick, "--keys", keys, "--label", "Le port", ...films.map(clip)));
  return { keys, stick, trust: join(keys, "public") };
}

/** A license in stick mode; gives its text and its passphrase. */
export function issuePassphraseLicense({ keys, stick }: { keys: string; stick: string }, name = "license") {
  const out = join(keys, "..", `${name}.uvvlic`);
  const secret = join(keys, "..", `${name}.txt`);
  const terms = ["--for", "C-0042", "--days", "30", "--passphrase-file", secret, "--out", out];
  expectDone(vaultctl("license", "issue", "--keys", keys, "--stick", stick, ...terms));
  return { text: readFileSync(out, "utf8"), passphrase: readFileSync(secret, "utf8").trim() };
}

export function expectDone(result: CommandResult): void {
  if (result.status !== 0) throw new Error(`vaultctl failed: ${JSON.stringify(result.json)}`);
}

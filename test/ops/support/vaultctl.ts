import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { setTimeout } from "node:timers/promises";
import type { CommandContext } from "../../../src-ops/cli/command-context.ts";
import { runCommandLine } from "../../../src-ops/cli/command-line.ts";
import type { UnixSeconds } from "../../../src-shared/units.ts";
import { createHost } from "../../../src-ops/cli/host.ts";

export const PROJECT = join(import.meta.dirname, "..", "..", "..");
export const MEDIA = join(PROJECT, "test", "media");
const MAIN = join(PROJECT, "src-ops", "cli", "main.ts");
const { version } = JSON.parse(readFileSync(join(PROJECT, "package.json"), "utf8")) as { version: string };

export type Answer = {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** The object on standard output; `undefined` if there is not exactly one. */
  readonly json: Record<string, unknown> | undefined;
};

/** Runs one command line of `vaultctl` in this process, because thousands of new processes would take most of the tests'
 * time. Signals, the environment and the end of a process are tested with `runVaultctl`.
 */
export async function vaultctl(
  args: readonly string[],
  now?: UnixSeconds,
  { input = "", ...more }: Pick<CommandContext, "mounted"> & { readonly input?: string } = {},
): Promise<Answer> {
  const output = { stdout: "", stderr: "" };
  const stream = (name: "stdout" | "stderr") => ({ isTTY: false, write: (text: string) => (output[name] += text) });
  const process = {
    stdout: stream("stdout"),
    stderr: stream("stderr"),
    // What a person types; a question without it is answered with the end of the input.
    stdin: Readable.from(input === "" ? [] : [input]),
    exitCode: 0,
    once: () => process,
    off: () => process,
  };
  const host = createHost(process as unknown as NodeJS.Process, () => performance.now());
  await runCommandLine(args, host, { now: () => now ?? Math.floor(Date.now() / 1000), appVersion: version, ...more });
  return { code: process.exitCode, ...output, json: parseObject(output.stdout) };
}

/** Runs `vaultctl` as a real process until it ends. */
export async function runVaultctl(
  args: readonly string[],
  env: Record<string, string> = {},
  within: readonly string[] = [],
): Promise<Answer> {
  const child = startVaultctl(args, env, within);
  const output = { stdout: "", stderr: "" };
  child.stdout?.on("data", (text: Buffer) => (output.stdout += text.toString()));
  child.stderr?.on("data", (text: Buffer) => (output.stderr += text.toString()));
  const code = await closed(child);
  return { code, ...output, json: parseObject(output.stdout) };
}

/** @param within a command that runs the command after it */
export function startVaultctl(
  args: readonly string[],
  env: Record<string, string> = {},
  within: readonly string[] = [],
): ChildProcess {
  const [program = "", ...words] = [...within, process.execPath, MAIN, ...args];
  return spawn(program, words, { env: { ...process.env, ...env } });
}

export function closed(child: ChildProcess): Promise<number | null> {
  return new Promise((settle, reject) => child.once("close", settle).once("error", reject));
}

/** Sends a signal as soon as `isReached` returns true, and waits for the end of the process. */
export async function signalWhen(child: ChildProcess, signal: NodeJS.Signals, isReached: () => boolean) {
  const end = closed(child);
  while (!isReached()) {
    if (child.exitCode !== null) throw new Error("it ended before it could be interrupted");
    await setTimeout(2);
  }
  child.kill(signal);
  return end;
}

/** Runs with `--json` and must succeed; returns the object. With `env` it is a real process. */
export async function succeed<T = Record<string, unknown>>(
  args: readonly string[],
  env?: Record<string, string>,
  within?: readonly string[],
): Promise<T> {
  const answer = await runJson(args, env, within);
  if (answer.code !== 0 || answer.json?.["ok"] !== true) {
    throw new Error(`vaultctl ${args.join(" ")} gave ${answer.code}: ${answer.stdout}${answer.stderr}`);
  }
  return answer.json as T;
}

/** Runs with `--json` and must fail; returns the code. With `env` it is a real process. */
export async function refusal(
  args: readonly string[],
  env?: Record<string, string>,
  within?: readonly string[],
): Promise<string> {
  const answer = await runJson(args, env, within);
  const error = answer.json?.["error"] as { code: string; message: string } | undefined;
  if (answer.code === 0 || answer.json?.["ok"] !== false || !error) {
    throw new Error(`vaultctl ${args.join(" ")} gave ${answer.code}: ${answer.stdout}${answer.stderr}`);
  }
  return error.code;
}

function runJson(
  args: readonly string[],
  env: Record<string, string> | undefined,
  within: readonly string[] | undefined,
): Promise<Answer> {
  return env ? runVaultctl([...args, "--json"], env, within) : vaultctl([...args, "--json"]);
}

function parseObject(text: string): Record<string, unknown> | undefined {
  if (!text.endsWith("}\n") || text.indexOf("\n") !== text.length - 1) return undefined;
  return JSON.parse(text) as Record<string, unknown>;
}

export type ListedVideo = {
  id: string;
  title: string;
  durationSeconds: number;
  width: number;
  height: number;
  bytes: number;
  type: string;
  codecs: string[];
  poster: string | null;
  subtitles: { language: string; label: string }[];
  chapters: { startSeconds: number; title: string }[];
};
export type Listing = { vaultId: string; stickId: string; gen: number; label: string; videos: ListedVideo[] };
export type Packed = Listing & { added: string[]; reusedBytes: number; developmentKeys: boolean };

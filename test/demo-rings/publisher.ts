import { runCommandLine } from "../../src-ops/cli/command-line.ts";
import { createHost } from "../../src-ops/cli/host.ts";
import type { StoryClock } from "./story-clock.ts";

/** Of the app that licenses are checked for. */
const APP_VERSION = "0.1.0";

/** What a command of `vaultctl` printed with `--json`. */
export type CommandResult = {
  readonly ok: boolean;
  readonly error?: { readonly code: string; readonly message: string };
};

/** Runs the publisher's commands at the story's time. */
export function createPublisher(clock: StoryClock) {
  /** Gives what the command printed, done or refused. */
  async function ask<T>(...words: readonly string[]): Promise<CommandResult & T> {
    let printed = "";
    const stream = { isTTY: false, write: (text: string) => ((printed += text), true) };
    const nowhere = { isTTY: false, write: () => true };
    const process = { stdout: stream, stderr: nowhere, exitCode: 0, once: () => process, off: () => process };
    const host = createHost(process as unknown as NodeJS.Process, () => performance.now());
    const now = () => Math.floor(clock.now() / 1_000);
    await runCommandLine([...words, "--json"], host, { now, appVersion: APP_VERSION });
    return JSON.parse(printed) as CommandResult & T;
  }

  /** The command has to do what it is asked. */
  async function run<T = object>(...words: readonly string[]): Promise<CommandResult & T> {
    const told = await ask<T>(...words);
    if (!told.ok) throw new Error(`vaultctl ${words.join(" ")}: ${told.error?.code}: ${told.error?.message}`);
    return told;
  }

  return { ask, run };
}
export type Publisher = ReturnType<typeof createPublisher>;

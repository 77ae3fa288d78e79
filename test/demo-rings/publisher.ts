import { runCommandLine } from "../../src-ops/cli/command-line.ts";
import { createHost } from "../../src-ops/cli/host.ts";
import type { DemoClock } from "./demo-clock.ts";

/** The app version that licenses are checked for. */
const APP_VERSION = "0.1.0";

/** What a command of `vaultctl` printed with `--json`. */
export type CommandResult = {
  readonly ok: boolean;
  readonly error?: { readonly code: string; readonly message: string };
};

/** Runs the publisher's commands at the demo's time. */
export function createPublisher(clock: DemoClock) {
  /** Returns what the command printed, also if it was refused. */
  async function ask<T>(...args: readonly string[]): Promise<CommandResult & T> {
    let printed = "";
    const stream = { isTTY: false, write: (text: string) => ((printed += text), true) };
    const nowhere = { isTTY: false, write: () => true };
    const process = { stdout: stream, stderr: nowhere, exitCode: 0, once: () => process, off: () => process };
    const host = createHost(process as unknown as NodeJS.Process, () => performance.now());
    const now = () => Math.floor(clock.now() / 1_000);
    await runCommandLine([...args, "--json"], host, { now, appVersion: APP_VERSION });
    return JSON.parse(printed) as CommandResult & T;
  }

  /** Throws if the command is refused. */
  async function run<T = object>(...args: readonly string[]): Promise<CommandResult & T> {
    const result = await ask<T>(...args);
    if (!result.ok) throw new Error(`vaultctl ${args.join(" ")}: ${result.error?.code}: ${result.error?.message}`);
    return result;
  }

  return { ask, run };
}
export type Publisher = ReturnType<typeof createPublisher>;

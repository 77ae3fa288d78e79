import { spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";

const SERVER = join(import.meta.dirname, "../../src-ops/cli/ring-server.ts");

/** A ring server in a separate process. */
export type RingServerProcess = {
  readonly url: string;
  readonly pid: number | undefined;
  /** Its standard error so far. */
  readonly stderr: () => string;
  /** Kills it at once, as in a crash. */
  readonly kill: () => Promise<void>;
};

/** Starts one on a free port, optionally with additional environment variables. */
export async function startRingServerProcess(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<RingServerProcess> {
  const child = spawn(process.execPath, [SERVER, "--port", "0", ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...env },
  });
  let output = "";
  child.stderr.on("data", (part: Buffer) => (output += part.toString()));
  const closed = new Promise<void>((resolve) => child.once("close", () => resolve()));
  for await (const url of createInterface({ input: child.stdout })) {
    return { url, pid: child.pid, stderr: () => output, kill: () => (child.kill("SIGKILL"), closed) };
  }
  await closed;
  throw new Error(`the server did not print its address: ${output}`);
}

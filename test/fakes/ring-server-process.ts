import { spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";

const SERVER = join(import.meta.dirname, "../../src-ops/cli/ring-server.ts");

/** A ring server in its own process. */
export type RingServerProcess = {
  readonly url: string;
  readonly pid: number | undefined;
  /** Its standard error output so far. */
  readonly stderr: () => string;
  /** Kills it at once, as in a crash. */
  readonly kill: () => Promise<void>;
  /** Its exit code, once it has ended. */
  readonly ended: Promise<number | null>;
};

/** Starts a ring server on a free port, with additional environment variables. */
export async function startRingServerProcess(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<RingServerProcess> {
  const child = spawn(process.execPath, [SERVER, "--port", "0", ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...env },
  });
  let stderr = "";
  child.stderr.on("data", (part: Buffer) => (stderr += part.toString()));
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  const kill = async () => {
    child.kill("SIGKILL");
    await ended;
  };
  for await (const url of createInterface({ input: child.stdout })) {
    return { url, pid: child.pid, stderr: () => stderr, kill, ended };
  }
  await ended;
  throw new Error(`the server did not print its address: ${stderr}`);
}

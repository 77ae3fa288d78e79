import { spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";

const SERVER = join(import.meta.dirname, "../../src-ops/cli/ring-server.ts");

/** A ring server as a process of its own. */
export type RingServerProcess = {
  readonly url: string;
  readonly pid: number | undefined;
  /** What it wrote to standard error so far. */
  readonly said: () => string;
  /** At once, as when it crashes. */
  readonly kill: () => Promise<void>;
  /** Its exit code, once it has ended. */
  readonly ended: Promise<number | null>;
};

/** Starts one on a free port; it may need an environment of its own. */
export async function startRingServerProcess(
  words: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<RingServerProcess> {
  const child = spawn(process.execPath, [SERVER, "--port", "0", ...words], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...env },
  });
  let said = "";
  child.stderr.on("data", (part: Buffer) => (said += part.toString()));
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  const kill = async () => {
    child.kill("SIGKILL");
    await ended;
  };
  for await (const url of createInterface({ input: child.stdout })) {
    return { url, pid: child.pid, said: () => said, kill, ended };
  }
  await ended;
  throw new Error(`the server did not say where it listens: ${said}`);
}

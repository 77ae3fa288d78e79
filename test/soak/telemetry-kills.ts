// Kills a process that queues and sends events, repeatedly at random moments and always on the same folder, and
// compares the events at a real receiver on the loopback with the events that were acknowledged to the process as
// written.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { join } from "node:path";
import { bundleForElectron } from "../../build/build-app.ts";
import { startTelemetryServer } from "../fakes/telemetry-server.ts";

const BUNDLES = ".cache/soak-telemetry";
const PROGRAM = join(import.meta.dirname, "../..", BUNDLES, "process.js");

export type KillReport = {
  readonly kills: number;
  readonly acknowledged: number;
  readonly arrived: number;
  readonly unacknowledged: number;
  readonly duplicatesDropped: number;
  readonly lost: readonly string[];
  readonly faults: readonly string[];
};

/** Runs the process and kills it, many times; a last run ends by itself and delivers the remaining events. */
export async function killTelemetry(folder: string, kills: number, longestMs: number): Promise<KillReport> {
  // A bundle starts in a fifth of the time.
  await bundleForElectron({ process: join(import.meta.dirname, "telemetry-process.ts") }, BUNDLES);
  const server = await startTelemetryServer((request) =>
    request % 7 === 0 ? { kind: "lost answer" } : request % 11 === 0 ? { kind: "disconnect" } : { kind: "take" },
  );
  const acknowledged = new Set<string>();
  try {
    for (let run = 1; run <= kills; run++) await runOnce(folder, server.url, acknowledged, Math.random() * longestMs);
    await runOnce(folder, server.url, acknowledged, undefined);
    const { events, counts, faults } = server;
    return {
      kills,
      acknowledged: acknowledged.size,
      arrived: events.size,
      unacknowledged: [...events.keys()].filter((id) => !acknowledged.has(id)).length,
      duplicatesDropped: counts.duplicates,
      lost: [...acknowledged].filter((id) => !events.has(id)),
      faults,
    };
  } finally {
    await server.stop();
  }
}

/** One run. It is killed this long after its first event was acknowledged; if `undefined`, it ends by itself. */
async function runOnce(folder: string, url: string, acknowledged: Set<string>, killAfterMs: number | undefined) {
  const options = JSON.stringify({ folder, url, last: killAfterMs === undefined });
  const child = spawn(process.execPath, [PROGRAM, options], { stdio: ["ignore", "pipe", "inherit"] });
  let armed = false;
  const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
  for await (const line of createInterface({ input: child.stdout })) {
    acknowledged.add(line);
    if (killAfterMs !== undefined && !armed) setTimeout(() => child.kill("SIGKILL"), killAfterMs);
    armed = true;
  }
  const code = await ended;
  if (killAfterMs === undefined && code !== 0) throw new Error(`the last run ended with ${code}`);
}

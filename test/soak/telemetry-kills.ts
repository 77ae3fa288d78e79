// Kills a process that queues and sends events at random moments, again and again on one folder, and holds what a real
// receiver on loopback has got against what the process had been told is written.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { join } from "node:path";
import { bundleForElectron } from "../../build/build-app.ts";
import { startTelemetryServer } from "../fakes/telemetry-server.ts";

const BUNDLES = ".cache/soak-telemetry";
const VICTIM = join(import.meta.dirname, "../..", BUNDLES, "victim.js");

export type KillReport = {
  readonly kills: number;
  readonly acknowledged: number;
  readonly arrived: number;
  readonly unacknowledged: number;
  readonly duplicatesDropped: number;
  readonly lost: readonly string[];
  readonly faults: readonly string[];
};

/** Lives and kills, then one life that ends by itself and delivers the rest. */
export async function killTelemetry(folder: string, kills: number, longestMs: number): Promise<KillReport> {
  // As one file it starts in a fifth of the time.
  await bundleForElectron({ victim: join(import.meta.dirname, "telemetry-victim.ts") }, BUNDLES);
  const server = await startTelemetryServer((request) =>
    request % 7 === 0 ? { kind: "lost answer" } : request % 11 === 0 ? { kind: "disconnect" } : { kind: "take" },
  );
  const acknowledged = new Set<string>();
  try {
    for (let life = 1; life <= kills; life++) await live(folder, server.url, acknowledged, Math.random() * longestMs);
    await live(folder, server.url, acknowledged, undefined);
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

/** One life. It is killed so long after its first event was acknowledged; without a moment it ends by itself. */
async function live(folder: string, url: string, acknowledged: Set<string>, killAfterMs: number | undefined) {
  const orders = JSON.stringify({ folder, url, last: killAfterMs === undefined });
  const victim = spawn(process.execPath, [VICTIM, orders], { stdio: ["ignore", "pipe", "inherit"] });
  let armed = false;
  const ended = new Promise<number | null>((resolve) => victim.on("close", resolve));
  for await (const line of createInterface({ input: victim.stdout })) {
    acknowledged.add(line);
    if (killAfterMs !== undefined && !armed) setTimeout(() => victim.kill("SIGKILL"), killAfterMs);
    armed = true;
  }
  const code = await ended;
  if (killAfterMs === undefined && code !== 0) throw new Error(`the last life ended with ${code}`);
}

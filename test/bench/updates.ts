import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expectDone, vaultctl } from "../e2e/publisher.ts";
import { promotionEvidenceFiles } from "../fakes/promotion-evidence-files.ts";
import { absolute, type Measurement, median } from "./measurement.ts";
import { runBenchProgram } from "./run-electron.ts";
import type { CheckCosts } from "./updates-main.ts";

const COLD_STARTS = 5;
const BUILDS = 10;
const PACKAGES = ["amd64.deb", "x64.AppImage", "linux-x64.tar.gz", "Setup-x64.exe", "win-x64.zip", "mac-arm64.zip"];

/**
 * Measures an update check against a feed with ten builds of six packages each, on the loopback: time, requests, bytes.
 */
export async function measureUpdates(): Promise<Measurement[]> {
  const folder = mkdtempSync(join(tmpdir(), "uvv-bench-"));
  const keys = join(folder, "keys");
  publishFeed(folder, keys);
  const server = spawn(process.execPath, [join(import.meta.dirname, "serve-folder.ts"), join(folder, "feed")]);
  try {
    const [port] = (await once(server.stdout, "data")) as [Buffer];
    const root = join(keys, "public", "feed-root.json");
    const runs = Array.from({ length: COLD_STARTS }, (_, i) => {
      const args = [`http://127.0.0.1:${port.toString().trim()}`, root, `usb-video-vault-bench-updates-${i}`];
      return runBenchProgram("updates", ...args) as CheckCosts;
    });
    const failed = runs.find(({ outcome }) => outcome !== '{"kind":"current"}');
    if (failed) throw new Error(`the update check of the bench's feed resulted in ${failed.outcome}`);
    const cold = runs.map((run) => run.cold);
    const warm = runs.flatMap((run) => run.warm);
    const medianOf = (costs: CheckCosts["warm"], of: "ms" | "requests" | "bytes") =>
      median(costs.map((cost) => cost[of]));
    return [
      absolute("update check, first of a computer, median", medianOf(cold, "ms"), "ms", { atMost: 1500 }),
      absolute("update check, first of a computer, requests", medianOf(cold, "requests"), "requests"),
      absolute("update check, first of a computer, metadata", medianOf(cold, "bytes"), "bytes", { atMost: 131_072 }),
      absolute("update check, nothing new, median", medianOf(warm, "ms"), "ms", { atMost: 250 }),
      absolute("update check, nothing new, requests", medianOf(warm, "requests"), "requests", { atMost: 8 }),
      absolute("update check, nothing new, metadata", medianOf(warm, "bytes"), "bytes", { atMost: 8192 }),
    ];
  } finally {
    server.kill();
    rmSync(folder, { recursive: true, force: true });
  }
}

function publishFeed(folder: string, keys: string): void {
  const feed = (...args: string[]) => {
    const result = vaultctl("feed", ...args, "--repo", join(folder, "feed"), "--keys", keys);
    expectDone(result);
    return result.json;
  };
  expectDone(vaultctl("keys", "init", "--dir", keys, "--dev"));
  feed("init");
  let build = "";
  for (let minor = 0; minor < BUILDS; minor++) {
    const files = PACKAGES.map((ending) => join(folder, `app_1.${minor}.0_${ending}`));
    for (const file of files) writeFileSync(file, file);
    const about = ["--version", `1.${minor}.0`, "--build-epoch", "1", "--notes-fr", "Mieux", "--notes-en", "Better"];
    build = String(feed("add-build", ...files, ...about)["build"]);
  }
  feed("release", "--ring", "ring0", "--build", build);
  for (const [ring, before] of [
    ["ring1", "ring0"],
    ["ga", "ring1"],
  ] as const) {
    const evidence = promotionEvidenceFiles(folder, ring, before, build);
    feed("promote", "--ring", ring, "--build", build, ...evidence, "--override", "pilots", "--basis-points", "10000");
  }
}

import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundleForElectron } from "../../build/build-app.ts";
import { launcherSwitches, projectRoot, readElectronRuntime } from "../../build/electron-runtime.ts";

const BUNDLES = ".cache/bench";

/** Bundles the programs that the bench runs inside Electron. */
export async function bundleBenchPrograms(): Promise<void> {
  const entry = (name: string) => join(import.meta.dirname, `${name}-main.ts`);
  await bundleForElectron(
    {
      license: entry("license"),
      updates: entry("updates"),
      seek: entry("seek"),
      decrypt: entry("decrypt"),
      blank: entry("blank"),
      "media-worker": join(projectRoot, "src-main/playback/media-worker.ts"),
    },
    BUNDLES,
  );
}

export function bundledProgram(name: string): string {
  return join(projectRoot, BUNDLES, `${name}.js`);
}

/** Runs one of these programs and reads its result. The program's last argument is the output file. */
export function runBenchProgram(name: string, ...programArgs: readonly string[]): unknown {
  const folder = mkdtempSync(join(tmpdir(), "uvv-bench-"));
  try {
    const outcome = join(folder, "outcome.json");
    const profile = `--user-data-dir=${join(folder, "data")}`;
    const args = [...launcherSwitches(), "--disable-gpu", profile, bundledProgram(name), ...programArgs, outcome];
    const { status, stderr } = spawnSync(readElectronRuntime().executable, args, {
      encoding: "utf8",
      timeout: 300_000,
    });
    if (status !== 0) throw new Error(`${name} ended with ${status}: ${stderr}`);
    return JSON.parse(readFileSync(outcome, "utf8"));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

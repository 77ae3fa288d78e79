import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { projectRoot } from "../../build/electron-runtime.ts";
import { MIB } from "../../src-shared/units.ts";
import { type Measurement, median, relative } from "./measurement.ts";

const ROUNDS = 3;

/** Packs a large film (encrypt, write, sync, read back, sign) and copies it (`cp` and sync), in turns. */
export function measurePacking(film: string): Measurement[] {
  const mib = statSync(film).size / MIB;
  const folder = mkdtempSync(join(tmpdir(), "uvv-bench-"));
  try {
    const keys = join(folder, "keys");
    vaultctl("keys", "init", "--dir", keys, "--dev");
    const rates = { pack: [] as number[], copy: [] as number[] };
    for (let round = 0; round < ROUNDS; round++) {
      const stick = join(folder, "stick");
      mkdirSync(stick);
      rates.pack.push(mib / seconds(() => vaultctl("pack", "--stick", stick, "--keys", keys, film)));
      rmSync(stick, { recursive: true });
      const copy = join(folder, "copy");
      rates.copy.push(mib / seconds(() => execFileSync("sh", ["-c", 'cp "$1" "$2" && sync "$2"', "sh", film, copy])));
      rmSync(copy);
    }
    return [
      relative("packing 1 GB, against cp and sync", median(rates.pack), median(rates.copy), "MiB/s", { atLeast: 0.5 }),
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function vaultctl(...words: string[]): void {
  const { status, stderr } = spawnSync(process.execPath, [join(projectRoot, "src-ops", "main.ts"), ...words], {
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(stderr);
}

function seconds(work: () => unknown): number {
  const from = performance.now();
  work();
  return (performance.now() - from) / 1000;
}

import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { projectRoot } from "../../build/electron-runtime.ts";
import { MIB } from "../../src-shared/units.ts";
import { type Measurement, median, relative } from "./measurement.ts";

const ROUNDS = 3;
const IMAGE_KIB = 1_200_000;

/**
 * Packs a film (encrypt, write, sync, read back, sign) and copies it (`cp` and sync), alternately: on this machine's
 * disk, and on a real FAT32 file system in user space, which is about as fast as a good stick.
 */
export function measurePacking(large: string, half: string): Measurement[] {
  const folder = mkdtempSync(join(tmpdir(), "uvv-bench-"));
  try {
    const keys = join(folder, "keys");
    vaultctl("keys", "init", "--dir", keys, "--dev");
    const disk = join(folder, "disk");
    mkdirSync(disk);
    const onDisk = compare(large, disk, keys);
    const onFat = withFat32(folder, (stick) => compare(half, stick, keys));
    return [
      relative("packing onto FAT32 at a stick's speed, against cp and sync", ...onFat, "MiB/s", { atLeast: 0.5 }),
      relative("packing onto this machine's disk, against cp and sync", ...onDisk, "MiB/s", { atLeast: 0.5 }),
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The median rates of packing and of copying, in MiB/s. */
function compare(film: string, target: string, keys: string): [pack: number, copy: number] {
  const mib = statSync(film).size / MIB;
  const rates = { pack: [] as number[], copy: [] as number[] };
  for (let round = 0; round < ROUNDS; round++) {
    rates.pack.push(mib / seconds(() => vaultctl("pack", "--stick", target, "--keys", keys, film)));
    rmSync(join(target, "VAULT"), { recursive: true });
    const copy = join(target, "copy");
    rates.copy.push(mib / seconds(() => execFileSync("sh", ["-c", 'cp "$1" "$2" && sync "$2"', "sh", film, copy])));
    rmSync(copy);
  }
  return [median(rates.pack), median(rates.copy)];
}

function withFat32<T>(folder: string, use: (stick: string) => T): T {
  const image = join(folder, "stick.img");
  const stick = join(folder, "stick");
  mkdirSync(stick);
  execFileSync("mkfs.fat", ["-F", "32", "-C", image, String(IMAGE_KIB)], { stdio: "ignore" });
  execFileSync("fusefat", ["-o", "rw+", image, stick], { stdio: "ignore" });
  try {
    return use(stick);
  } finally {
    execFileSync("fusermount", ["-u", stick]);
  }
}

function vaultctl(...args: string[]): void {
  const { status, stderr } = spawnSync(process.execPath, [join(projectRoot, "src-ops", "cli", "main.ts"), ...args], {
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(stderr);
}

function seconds(work: () => unknown): number {
  const from = performance.now();
  work();
  return (performance.now() - from) / 1000;
}

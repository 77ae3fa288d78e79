import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MIB } from "../../src-shared/units.ts";
import { sealForBench } from "./bench-container.ts";
import { absolute, type Measurement, median, percentile, relative } from "./measurement.ts";
import { runBenchProgram } from "./run-electron.ts";

/** Measures seeks against the clear file, and decryption against `openssl` with the same cipher. */
export async function measurePlayback(film: string, large: string): Promise<Measurement[]> {
  const folder = mkdtempSync(join(tmpdir(), "uvv-bench-"));
  try {
    const sealed = join(folder, "film.sealed");
    const sealedLarge = join(folder, "large.sealed");
    await sealForBench(film, sealed);
    await sealForBench(large, sealedLarge);
    const seeks = runBenchProgram("seek", film, sealed) as { clear: number[]; sealed: number[] };
    const { bytesPerSecond } = runBenchProgram("decrypt", sealedLarge) as { bytesPerSecond: number[] };
    return [
      relative("seek, p95, against the clear file", percentile(seeks.sealed, 95), percentile(seeks.clear, 95), "ms", {
        atMost: 1.25,
      }),
      relative("seek, median, against the clear file", median(seeks.sealed), median(seeks.clear), "ms"),
      absolute("read and decrypt in 4-chunk reads", median(bytesPerSecond) / MIB, "MiB/s", { atLeast: 600 }),
      relative(
        "read and decrypt, against openssl on 16-KiB blocks",
        median(bytesPerSecond) / MIB,
        opensslMibPerSecond(),
        "MiB/s",
      ),
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function opensslMibPerSecond(): number {
  const args = ["speed", "-mr", "-evp", "aes-256-gcm", "-decrypt", "-seconds", "1", "-bytes", "16384"];
  const output = execFileSync("openssl", args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  const bytesPerSecond = /^\+F:.*:([\d.]+)$/m.exec(output)?.[1];
  if (bytesPerSecond === undefined) throw new Error(`unexpected output of openssl speed: ${output}`);
  return Number(bytesPerSecond) / MIB;
}

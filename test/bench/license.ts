import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createKeytarSecretStore, ensureDeviceKey } from "../../src-main/license/index.ts";
import { licenseToken, STICK_ID } from "../fakes/issuer.ts";
import { absolute, type Measurement, median, percentile } from "./measurement.ts";
import { runBenchProgram } from "./run-electron.ts";

const COLD_STARTS = 7;
const SERVICE = "usb-video-vault-bench";

export async function measureLicense(): Promise<Measurement[]> {
  const key = await ensureDeviceKey(createKeytarSecretStore(SERVICE));
  if (!key.ok) throw new Error(key.error);
  const folder = mkdtempSync(join(tmpdir(), "uvv-bench-"));
  try {
    const license = join(folder, "license.uvvlic");
    writeFileSync(license, licenseToken({ bind: { mode: "device", stick: STICK_ID, device: key.value.id } }));
    const runs = Array.from(
      { length: COLD_STARTS },
      () => runBenchProgram("license", license, SERVICE) as { code: string; coldMs: number; warmMs: number[] },
    );
    const refused = runs.find(({ code }) => code !== "OK");
    if (refused) throw new Error(`the bench's own license was refused: ${refused.code}`);
    const warm = runs.flatMap(({ warmMs }) => warmMs);
    return [
      absolute("license verdict, warm, p99", percentile(warm, 99), "ms", { atMost: 10 }),
      absolute("license verdict, warm, median", median(warm), "ms"),
      absolute(
        "license verdict, cold with keychain, worst of 7 starts",
        Math.max(...runs.map(({ coldMs }) => coldMs)),
        "ms",
        {
          atMost: 60,
        },
      ),
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

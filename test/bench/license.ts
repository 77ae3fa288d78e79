import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createKeytarSecretStore, ensureDeviceKey } from "../../src-main/license/index.ts";
import { licenseToken, STICK_ID } from "../fakes/issuer.ts";
import { writeTestVault } from "../fakes/test-vault.ts";
import { absolute, type Measurement, median, percentile, relative } from "./measurement.ts";
import { runBenchProgram } from "./run-electron.ts";

const COLD_STARTS = 7;
const SERVICE = "usb-video-vault-bench";

type Run = { code: string; coldMs: number; warmMs: number[]; bareMs: number[] };

/** A license for this computer on a stick with one video: judged first by a new process, then repeatedly. */
export async function measureLicense(): Promise<Measurement[]> {
  const key = await ensureDeviceKey(createKeytarSecretStore(SERVICE));
  if (!key.ok) throw new Error(key.error);
  const folder = mkdtempSync(join(tmpdir(), "uvv-bench-"));
  try {
    await writeTestVault(join(folder, "stick"), [{ title: "Film", bytes: new Uint8Array(1) }]);
    mkdirSync(join(folder, "ledger"));
    const bind = { mode: "device", stick: STICK_ID, device: key.value.id } as const;
    writeFileSync(join(folder, "license.uvvlic"), licenseToken({ bind }));
    const run = () => runBenchProgram("license", folder, SERVICE, key.value.id) as Run;
    // The first run writes the record that the other runs find.
    run();
    const runs = Array.from({ length: COLD_STARTS }, run);
    const refused = runs.find(({ code }) => code !== "OK");
    if (refused) throw new Error(`the bench's own license was refused: ${refused.code}`);
    const warm = runs.flatMap(({ warmMs }) => warmMs);
    const bare = runs.flatMap(({ bareMs }) => bareMs);
    const cold = runs.map(({ coldMs }) => coldMs);
    return [
      absolute("license verdict, warm, p99", percentile(warm, 99), "ms", { atMost: 10 }),
      relative("license verdict, warm, median, against one bare tweetnacl check", median(warm), median(bare), "ms"),
      absolute(`license verdict, cold with keychain, worst of ${COLD_STARTS} starts`, Math.max(...cold), "ms", {
        atMost: 60,
      }),
      absolute(`license verdict, cold with keychain, median of ${COLD_STARTS} starts`, median(cold), "ms"),
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

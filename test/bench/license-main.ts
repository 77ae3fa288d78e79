// In Electron's main process: how long a verdict takes, first cold with the keychain, then warm.
// argv: the license, the id of the device it is bound to, and where the outcome goes.
import { app } from "electron";
import { readFileSync, writeFileSync } from "node:fs";
import { createKeytarSecretStore, ensureDeviceKey } from "../../src-main/license/index.ts";
import { EMPTY_LEDGER } from "../../src-shared/ledger/index.ts";
import { judgeLicense } from "../../src-shared/license/index.ts";
import { ROOTS, SURROUNDINGS } from "../fakes/issuer.ts";

const WARM_VERDICTS = 500;
const [licenseFile = "", service = "", outcomeFile = ""] = process.argv.slice(-3);

void app.whenReady().then(run);

async function run(): Promise<void> {
  const from = performance.now();
  const key = await ensureDeviceKey(createKeytarSecretStore(service));
  if (!key.ok) throw new Error(key.error);
  const text = readFileSync(licenseFile, "utf8");
  const here = { ...SURROUNDINGS, device: key.value.id };
  const { code } = judgeLicense(text, ROOTS, EMPTY_LEDGER, here);
  const coldMs = performance.now() - from;
  const warmMs = Array.from({ length: WARM_VERDICTS }, () => {
    const start = performance.now();
    judgeLicense(text, ROOTS, EMPTY_LEDGER, here);
    return performance.now() - start;
  });
  writeFileSync(outcomeFile, JSON.stringify({ code, coldMs, warmMs }));
  app.exit(0);
}

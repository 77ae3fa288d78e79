// In Electron's main process: how long a license verdict takes, first cold as at the app's start, then warm. argv: a
// folder with stick, data and license, the name of the keychain entry with the device key, and the output file.
import { app } from "electron";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import nacl from "tweetnacl";
import { createHardwareFingerprint } from "../../src-main/hardware/index.ts";
import { createLedger, nodeFileSteps } from "../../src-main/ledger/index.ts";
import {
  createKeytarSecretStore,
  createLicenseService,
  createLicenseStore,
  createRevocationLists,
} from "../../src-main/license/index.ts";
import { utf8 } from "../../src-shared/encoding/text.ts";
import { EMPTY_LEDGER } from "../../src-shared/ledger/index.ts";
import { judgeLicense } from "../../src-shared/license/index.ts";
import { hardwareOf } from "../../src-shared/node/hardware.ts";
import { openVault } from "../../src-shared/node/vault-reader.ts";
import { NOW, ROOTS, SURROUNDINGS } from "../fakes/issuer.ts";

const WARM_VERDICTS = 300;
const [folder = "", service = "", device = "", outcomeFile = ""] = process.argv.slice(-4);

void app.whenReady().then(run);

async function run(): Promise<void> {
  const vault = await openVault(join(folder, "stick"), ROOTS);
  if (!vault.ok) throw new Error(vault.error);
  const hardware = createHardwareFingerprint(hardwareOf(process.platform));
  const text = readFileSync(join(folder, "license.uvvlic"), "utf8");
  const now = () => NOW;

  const from = performance.now();
  const secrets = createKeytarSecretStore(service);
  const ledgerPorts = { folder: join(folder, "ledger"), secrets, files: nodeFileSteps, log: () => undefined };
  const ledger = createLedger({ ...ledgerPorts, wasActivated: async () => ({ ok: true, value: false }) });
  void ledger.open();
  const roots = async () => ROOTS;
  const licenses = createLicenseService({
    roots,
    licenseStore: createLicenseStore(join(folder, "licenses")),
    revocations: createRevocationLists(join(folder, "revocations.uvvrev"), roots, () => undefined),
    secrets,
    ledger,
    hardware,
    now,
    appVersion: SURROUNDINGS.appVersion,
    log: () => undefined,
    judged: () => undefined,
  });
  const { code } = await licenses.judge(text, vault.value);
  const coldMs = performance.now() - from;
  // The next start finds only what is written.
  await ledger.commit({ now: NOW });

  const here = { ...SURROUNDINGS, device };
  const warmMs = times(() => judgeLicense(text, ROOTS, EMPTY_LEDGER, here));
  writeFileSync(outcomeFile, JSON.stringify({ code, coldMs, warmMs, bareMs: bareChecks(text) }));
  app.exit(0);
}

/** Only tweetnacl's check, on a message of the license's length: no verdict can be faster than this. */
function bareChecks(text: string): number[] {
  const message = utf8(text);
  const { secretKey, publicKey } = nacl.sign.keyPair();
  const signature = nacl.sign.detached(message, secretKey);
  return times(() => nacl.sign.detached.verify(message, signature, publicKey));
}

function times(work: () => unknown): number[] {
  return Array.from({ length: WARM_VERDICTS }, () => {
    const start = performance.now();
    work();
    return performance.now() - start;
  });
}

// One run of the ledger on the real keychain and real files, which is killed at a point named in its options. It prints
// one JSON object per line, and writes it before it continues.
import { writeSync } from "node:fs";
import { join } from "node:path";
import { createLedger, nodeFileSteps } from "../../src-main/ledger/index.ts";
import {
  createKeytarSecretStore,
  createLicenseStore,
  ensureDeviceKey,
  wasActivated,
} from "../../src-main/license/index.ts";
import { EMPTY_LEDGER } from "../../src-shared/ledger/index.ts";
import { judgeLicense, ledgerUpdateFromLicense, verifyLicense } from "../../src-shared/license/index.ts";
import { licenseToken, NOW, ROOTS, SURROUNDINGS } from "../fakes/issuer.ts";
import { testId } from "../fakes/test-keys.ts";
import { withKillPoints } from "./kill-points.ts";
import type { ProcessOptions, ProcessMessage } from "./messages.ts";

const { folder, service, killAt, tried, kept, rounds, activates, large } = JSON.parse(
  process.argv[2] ?? "",
) as ProcessOptions;
const stick = { root: join(folder, "stick"), stickId: SURROUNDINGS.stickId };
const secrets = createKeytarSecretStore(service);
const licenses = createLicenseStore(join(folder, "licenses"));
const ledger = createLedger({
  ...withKillPoints({ files: nodeFileSteps, secrets }, stick.root, killAt),
  folder: join(folder, "ledger"),
  wasActivated: () => wasActivated(secrets, licenses, ROOTS),
  log: (event, fields) => send({ logged: { event, ...fields } }),
});

const token = (name: string, seq: number) => licenseToken({ lid: testId(name), seq });
const verdictOn = (name: string, seq: number) =>
  judgeLicense(token(name, seq), ROOTS, { ...EMPTY_LEDGER, licenses: ledger.head().licenses }, SURROUNDINGS).code;

const state = await ledger.open();
await ledger.mergeStickCopy(stick);
send({
  state,
  seqs: Object.fromEntries(
    Object.keys(tried).map((name) => [name, ledger.head().licenses.get(testId(name))?.sequence ?? 0]),
  ),
  newest: Object.entries(tried).map(([name, seq]) => verdictOn(name, seq)),
  older: Object.entries(kept).flatMap(([name, seq]) => (seq > 1 ? [verdictOn(name, seq - 1)] : [])),
});

// As in the app: the ledger's first record, then the device key, then licenses.
if (activates) {
  const begun = await ledger.begin();
  const key = begun.ok ? await ensureDeviceKey(secrets) : begun;
  if (!key.ok) throw new Error(key.error);
}

if (large) {
  const roles = new Map(Array.from({ length: 100 }, (_, i) => [`role ${i}`, { generation: 1, sequence: 1 }]));
  const filled = await ledger.commit({
    now: NOW,
    updates: { roles, rings: new Map(), halts: new Map(), halted: new Map() },
  });
  if (!filled.ok) throw new Error(filled.error);
}

for (let round = 1; round <= rounds; round++) {
  // The license with the lowest sequence, so that the kills are spread over all licenses.
  const name = Object.keys(tried).toSorted((a, b) => (tried[a] ?? 0) - (tried[b] ?? 0))[0] ?? "";
  const seq = (tried[name] ?? 0) + 1;
  tried[name] = seq;
  send({ tries: { name, seq } });
  const license = verifyLicense(token(name, seq), ROOTS);
  if (!license.ok) throw new Error(license.error);
  const committed = await ledger.commit(ledgerUpdateFromLicense(license.value, SURROUNDINGS), stick);
  if (!committed.ok) throw new Error(committed.error);
  send({ keeps: { name, seq } });
  await ledger.idle();
}
send({ done: true });

function send(message: ProcessMessage): void {
  writeSync(1, `${JSON.stringify(message)}\n`);
}

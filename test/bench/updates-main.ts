import { createElectronHttpClient, openNetworkSession } from "../../src-main/network/index.ts";
// In Electron's main process: how long an update check takes, first without stored metadata, then with nothing new.
// argv: the feed's address, its first root, the name of a keychain service, and the output file.
import { app } from "electron";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLedger, nodeFileSteps } from "../../src-main/ledger/index.ts";
import { createKeytarSecretStore } from "../../src-main/license/index.ts";
import { createUpdates, openPendingFiles, openUpdateMemory } from "../../src-main/updates/index.ts";
import { openWebSource } from "../../src-shared/node/update-feed/index.ts";
import { ok } from "../../src-shared/result.ts";
import type { Version } from "../../src-shared/updates/index.ts";

const WARM_CHECKS = 30;
const [feed = "", rootFile = "", service = "", outcomeFile = ""] = process.argv.slice(-4);

/** The cost of one update check. */
export type CheckCost = { readonly ms: number; readonly requests: number; readonly bytes: number };
export type CheckCosts = { readonly outcome: string; readonly cold: CheckCost; readonly warm: readonly CheckCost[] };

void app.whenReady().then(run);

async function run(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "uvv-bench-"));
  const traffic = { requests: 0, bytes: 0 };
  const http = createElectronHttpClient(openNetworkSession);
  const web = openWebSource({
    metadataUrl: `${feed}/metadata`,
    targetsUrl: `${feed}/targets`,
    isLoopbackAllowed: true,
    http: async (request) => {
      const response = await http(request);
      traffic.requests++;
      traffic.bytes += Number(response.header("content-length"));
      return response;
    },
  });
  if (!web.ok) throw new Error(web.error);
  const ledger = createLedger({
    folder: join(folder, "ledger"),
    secrets: createKeytarSecretStore(service),
    files: nodeFileSteps,
    wasActivated: async () => ok(false),
    log: () => undefined,
  });
  const updates = createUpdates({
    anchor: readFileSync(rootFile),
    store: join(folder, "metadata"),
    web: web.value,
    stick: () => undefined,
    ledger,
    ring: async () => "ga",
    app: { platform: "linux", arch: "x64", kind: "deb", version: "1.9.0" as Version, buildFloor: 0 },
    memory: openUpdateMemory(join(folder, "memory.json")),
    pending: openPendingFiles(join(folder, "pending")),
    installer: undefined,
    applyKeys: async () => undefined,
    applyRevocations: async () => undefined,
    sha256: (bytes) => createHash("sha256").update(bytes).digest(),
    now: () => Math.floor(Date.now() / 1000),
    random: Math.random,
    log: () => undefined,
    step: () => undefined,
    changed: () => undefined,
    failed: (thrown) => {
      throw thrown;
    },
  });

  async function measureCheck(): Promise<CheckCost> {
    const before = { ...traffic };
    const from = performance.now();
    await updates.check("web", "by-itself");
    const ms = performance.now() - from;
    return { ms, requests: traffic.requests - before.requests, bytes: traffic.bytes - before.bytes };
  }

  const cold = await measureCheck();
  const warm: CheckCost[] = [];
  for (let i = 0; i < WARM_CHECKS; i++) warm.push(await measureCheck());
  const costs: CheckCosts = { outcome: JSON.stringify(updates.view().outcome), cold, warm };
  writeFileSync(outcomeFile, JSON.stringify(costs));
  rmSync(folder, { recursive: true, force: true });
  app.exit(0);
}

// In Electron's main process: how long a look at the feed takes, first with nothing kept and then with nothing new.
// argv: the feed's address, its first root, the name of a keychain service, and where the outcome goes.
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

const WARM_LOOKS = 30;
const [feed = "", rootFile = "", service = "", outcomeFile = ""] = process.argv.slice(-4);

/** What one look cost. */
export type LookCost = { readonly ms: number; readonly requests: number; readonly bytes: number };
export type LookCosts = { readonly outcome: string; readonly cold: LookCost; readonly warm: readonly LookCost[] };

void app.whenReady().then(run);

async function run(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "uvv-bench-"));
  const traffic = { requests: 0, bytes: 0 };
  const web = openWebSource({
    metadataUrl: `${feed}/metadata`,
    targetsUrl: `${feed}/targets`,
    isLoopbackAllowed: true,
    fetch: async (...request) => {
      const response = await fetch(...request);
      traffic.requests++;
      traffic.bytes += Number(response.headers.get("content-length"));
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

  async function look(): Promise<LookCost> {
    const before = { ...traffic };
    const from = performance.now();
    await updates.check("web", "by-itself");
    const ms = performance.now() - from;
    return { ms, requests: traffic.requests - before.requests, bytes: traffic.bytes - before.bytes };
  }

  const cold = await look();
  const warm: LookCost[] = [];
  for (let i = 0; i < WARM_LOOKS; i++) warm.push(await look());
  const costs: LookCosts = { outcome: JSON.stringify(updates.view().outcome), cold, warm };
  writeFileSync(outcomeFile, JSON.stringify(costs));
  rmSync(folder, { recursive: true, force: true });
  app.exit(0);
}

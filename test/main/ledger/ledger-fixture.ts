import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createLedger, type LedgerPorts, nodeFileSteps } from "../../../src-main/ledger/index.ts";
import type { Log } from "../../../src-main/log/index.ts";
import type { LedgerUpdate } from "../../../src-shared/ledger/index.ts";
import { ok } from "../../../src-shared/result.ts";
import { NOW, STICK_ID } from "../../fakes/issuer.ts";
import { createMemorySecretStore } from "../../fakes/memory-secret-store.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";
import { testId } from "../../fakes/test-keys.ts";

export const SECRET = "ledger/1";
export const LID = testId("license");

/** What a good verdict on the license with this `seq` shows. */
export function licenseUpdate(sequence: number, more: Partial<LedgerUpdate> = {}): LedgerUpdate {
  const payloadHash = testId(`payload ${sequence}`).padEnd(43, "A");
  return { now: NOW, license: { id: LID, generation: 1, sequence, payloadHash }, ...more };
}

/** A stored item that can be deleted, damaged, truncated, or restored to an older state. */
export type StoredItem = {
  readonly get: () => Promise<string | null>;
  readonly put: (content: string) => Promise<void>;
  readonly remove: () => Promise<void>;
};

/** A computer as the ledger sees it: the entry in its keychain, its sealed file, and a stick. */
export type LedgerFixture = {
  readonly ports: LedgerPorts;
  readonly stick: { readonly root: string; readonly stickId: string };
  readonly keychain: StoredItem;
  readonly file: StoredItem;
  readonly copy: StoredItem;
  readonly logged: { event: string; [field: string]: unknown }[];
  /** Starts the app again. */
  readonly start: (ports?: Partial<LedgerPorts>) => ReturnType<typeof createLedger>;
};

export function ledgerFixture(
  secrets: LedgerPorts["secrets"],
  keychain: StoredItem,
  folder = temporaryFolder(),
): LedgerFixture {
  const logged: LedgerFixture["logged"] = [];
  const log: Log = (event, fields) => void logged.push({ event, ...fields });
  const root = join(folder, "stick");
  const ports: LedgerPorts = {
    folder: join(folder, "ledger"),
    secrets,
    files: nodeFileSteps,
    wasActivated: async () => ok(false),
    log,
  };
  return {
    ports,
    stick: { root, stickId: STICK_ID },
    keychain,
    file: storedFile(() => join(ports.folder, "ledger.json")),
    copy: storedFile(() => {
      const copies = join(root, "VAULT", "ledger");
      return join(copies, (existsSync(copies) && readdirSync(copies)[0]) || "none.uvvled");
    }),
    logged,
    start: (changes = {}) => createLedger({ ...ports, ...changes }),
  };
}

/** A computer whose keychain is in memory. */
export function memoryLedgerFixture() {
  const secrets = createMemorySecretStore();
  const keychain: StoredItem = {
    get: async () => secrets.secrets.get(SECRET) ?? null,
    put: async (content) => void secrets.secrets.set(SECRET, content),
    remove: async () => void secrets.secrets.delete(SECRET),
  };
  return { ...ledgerFixture(secrets, keychain), secrets };
}

function storedFile(path: () => string): StoredItem {
  return {
    get: async () => (existsSync(path()) ? readFileSync(path(), "utf8") : null),
    async put(content) {
      mkdirSync(join(path(), ".."), { recursive: true });
      writeFileSync(path(), content);
    },
    remove: async () => rmSync(path(), { force: true }),
  };
}

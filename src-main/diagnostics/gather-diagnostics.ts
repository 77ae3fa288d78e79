import type { Snapshot } from "../../src-shared/ipc/index.ts";
import type { UnexpectedErrors } from "../errors/index.ts";
import type { LedgerInspection } from "../ledger/index.ts";
import type { LicenseService } from "../license/index.ts";
import type { VaultSession } from "../session/index.ts";
import { composeDiagnostics, type DiagnosticFacts } from "./compose-diagnostics.ts";
import { readLogTail } from "./log-tail.ts";

const LOG_LINES = 50;

export type DiagnosticsPorts = {
  readonly logFolder: string;
  /** Resolves when every line has been written. */
  readonly flushLog: () => Promise<void>;
  readonly electron: string;
  readonly system: DiagnosticFacts["system"];
  readonly snapshot: () => Snapshot;
  readonly errors: Pick<UnexpectedErrors, "count" | "last">;
  readonly session: Pick<VaultSession, "vault" | "overview">;
  readonly deviceKey: LicenseService["deviceKey"];
  readonly inspectLedger: (stick: { root: string; stickId: string } | undefined) => Promise<LedgerInspection>;
};

/** Collects what support needs to know, at the time of the call. */
export async function gatherDiagnostics(ports: DiagnosticsPorts): Promise<string> {
  const { now, version, language, screen } = ports.snapshot();
  const vault = ports.session.vault();
  const claims = vault?.manifest.claims;
  const overview = await ports.session.overview();
  const key = await ports.deviceKey();
  await ports.flushLog();
  return composeDiagnostics({
    now,
    appVersion: version,
    electron: ports.electron,
    system: ports.system,
    language,
    screen,
    vault: claims && { vaultId: claims.vaultId, stickId: claims.stickId, gen: claims.gen },
    licenses: overview.ok ? overview.value.licenses : [],
    ledger: await ports.inspectLedger(vault && { root: vault.root, stickId: vault.manifest.claims.stickId }),
    deviceKey: key.ok ? (key.value ? "there" : "none") : key.error,
    errors: { count: ports.errors.count(), last: ports.errors.last() },
    log: await readLogTail(ports.logFolder, LOG_LINES),
  });
}

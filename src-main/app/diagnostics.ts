import type { Snapshot } from "../../src-shared/ipc/index.ts";
import type { UnexpectedErrors } from "../errors/index.ts";
import { gatherDiagnostics } from "../diagnostics/index.ts";
import { type FileSteps, inspectLedger } from "../ledger/index.ts";
import type { VaultSession } from "../session/index.ts";
import type { Licensing } from "./licensing.ts";

export type AppDiagnosticsPorts = {
  readonly logFolder: string;
  readonly flushLog: () => Promise<void>;
  readonly snapshot: () => Snapshot;
  readonly errors: UnexpectedErrors;
  readonly session: VaultSession;
  readonly licensing: Licensing;
  readonly ledgerFolder: string;
  readonly files: FileSteps;
};

/** What support needs to know about this app, as text. */
export function createAppDiagnostics(ports: AppDiagnosticsPorts): () => Promise<string> {
  const { logFolder, flushLog, snapshot, errors, session, licensing, ledgerFolder, files } = ports;
  const { secrets, licenseService } = licensing;
  return () =>
    gatherDiagnostics({
      logFolder,
      flushLog,
      electron: process.versions.electron ?? "",
      system: { name: process.platform, version: process.getSystemVersion(), architecture: process.arch },
      snapshot,
      errors,
      session,
      deviceKey: licenseService.deviceKey,
      inspectLedger: (stick) => inspectLedger({ folder: ledgerFolder, secrets, files }, stick),
    });
}

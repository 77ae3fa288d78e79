import type { LedgerRefusal } from "../../src-shared/ledger/index.ts";
import type { Result } from "../../src-shared/result.ts";
import type { Log } from "../log/index.ts";
import type { FileSteps } from "./file-steps.ts";

export type SecretError = Exclude<LedgerRefusal, "STATE_LOST">;

/** What the ledger needs from the system. */
export type LedgerPorts = {
  /** A folder of this user for the sealed file and the lock. */
  readonly folder: string;
  readonly secrets: {
    readonly read: (name: string) => Promise<Result<string | null, SecretError>>;
    readonly write: (name: string, secret: string) => Promise<Result<undefined, SecretError>>;
  };
  readonly files: FileSteps;
  /**
   * Whether this computer was activated before, according to traces outside the ledger. Asked when no witness is left:
   * if so, the state was lost, and this is not a first run.
   */
  readonly wasActivated: () => Promise<Result<boolean, SecretError>>;
  readonly log: Log;
};

import type { LedgerRefusal } from "../../src-shared/ledger/index.ts";
import type { Result } from "../../src-shared/result.ts";
import type { Log } from "../log/index.ts";
import type { FileSteps } from "./file-steps.ts";

type SecretError = Exclude<LedgerRefusal, "STATE_LOST">;

/** What the ledger needs from the system. */
export type LedgerPorts = {
  /** A folder of this user, for the sealed file and the lock. */
  readonly folder: string;
  readonly secrets: {
    readonly read: (name: string) => Promise<Result<string | null, SecretError>>;
    readonly write: (name: string, secret: string) => Promise<Result<undefined, SecretError>>;
  };
  readonly files: FileSteps;
  /**
   * Whether this computer was activated before, by other traces than the ledger's own. Asked when no witness is left:
   * then the state was lost, and it is no first run.
   */
  readonly wasActivated: () => Promise<Result<boolean, SecretError>>;
  readonly log: Log;
};

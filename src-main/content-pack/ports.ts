import type { LedgerHead } from "../../src-shared/ledger/index.ts";
import type { OpenVault } from "../../src-shared/node/vault-reader.ts";
import type { Log } from "../log/index.ts";
import type { Trust } from "../trust/index.ts";

/** What content packs need from other parts of the app. */
export type ContentPackPorts = {
  readonly trust: Pick<Trust, "roots" | "apply">;
  /** The counters of this computer. */
  readonly head: () => LedgerHead;
  /** The plugged stick with this id. */
  readonly stickWith: (stickId: string) => OpenVault | undefined;
  readonly hasStick: () => boolean;
  /** The stick in this folder has new content. */
  readonly reopen: (root: string) => Promise<void>;
  readonly log: Log;
  readonly changed: () => void;
  /** Gets an error that only a bug can cause. */
  readonly failed: (thrown: unknown) => void;
};

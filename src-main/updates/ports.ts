import type { Ring } from "../../src-shared/license/index.ts";
import type { FeedSource } from "../../src-shared/node/update-feed/index.ts";
import type { Result } from "../../src-shared/result.ts";
import type { UpdateStep } from "../../src-shared/telemetry/index.ts";
import type { UnixSeconds } from "../../src-shared/units.ts";
import type { BuildId, Install, ListedFile, Sha256, UpdateProblem, Version } from "../../src-shared/updates/index.ts";
import type { Ledger } from "../ledger/index.ts";
import type { Log } from "../log/index.ts";
import type { PendingFiles } from "./pending-files.ts";
import type { UpdateMemory } from "./update-memory.ts";

/** Passes a verified file to the system's installer. */
export type Installer = {
  /**
   * Installs and ends the app, which restarts as the other version. Returns only if it could not. `file`: its length and
   * hash as the feed's keys signed them; the very file that the system gets is compared with them once more, by
   * `isIntact` or by the installer itself.
   */
  readonly install: (update: {
    readonly path: string;
    readonly file: Pick<ListedFile, "length" | "sha256">;
    readonly version: Version;
    readonly isOlder: boolean;
    readonly isIntact: (path: string) => Promise<boolean>;
    /** Called if the system has to finish another installation first. */
    readonly waiting: () => void;
  }) => Promise<Result<undefined, "NOT_INSTALLED" | "INSTALLER_BUSY">>;
};

/** What updating needs from the rest of the app and from the system. */
export type UpdatePorts = {
  /** The feed's first root, compiled in. */
  readonly anchor: Uint8Array;
  /** Where trusted metadata is stored. */
  readonly store: string;
  readonly web: FeedSource | undefined;
  /** The feed on the connected stick, if it has one. */
  readonly stick: () => FeedSource | undefined;
  readonly ledger: Pick<Ledger, "open" | "head" | "commit" | "installId">;
  readonly ring: () => Promise<Ring>;
  /** This app, without what the ledger and the memory know. */
  readonly app: Omit<Install, "installId" | "rolledBack">;
  readonly memory: UpdateMemory;
  readonly pending: PendingFiles;
  /** `undefined`: this kind of package is replaced by hand. */
  readonly installer: Installer | undefined;
  /** Applies the lists that are delivered with the feed; each has its own signature. */
  readonly applyKeys: (text: string) => Promise<void>;
  readonly applyRevocations: (text: string) => Promise<void>;
  readonly sha256: Sha256;
  readonly now: () => UnixSeconds;
  readonly random: () => number;
  readonly log: Log;
  /** Called for each step of an update; `code`: the reason of a failure. */
  readonly step: (step: UpdateStep["step"], update: UnderWay, code?: UpdateProblem) => void;
  readonly changed: () => void;
  /** Called with errors that only a bug can cause. */
  readonly failed: (thrown: unknown) => void;
};

/** The update that a step belongs to: which build, as which version, by which document. */
export type UnderWay = { readonly build: BuildId; readonly version: Version; readonly seq: number };

/** A downloaded update, and its source: the source is checked again before the update is installed. */
export type Waiting = { readonly from: "web" | "stick"; readonly file: ListedFile };

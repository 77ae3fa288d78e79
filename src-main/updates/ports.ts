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

/** Hands a file that was verified to the system. */
export type Installer = {
  /**
   * Installs and ends the app, which starts again as the other version. Comes back only where it could not.
   * `isIntact` is asked once more about the very file that the system is given.
   */
  readonly install: (update: {
    readonly path: string;
    readonly version: Version;
    readonly isOlder: boolean;
    readonly isIntact: (path: string) => Promise<boolean>;
  }) => Promise<Result<undefined, "NOT_INSTALLED">>;
};

/** What updating needs from the rest of the app and the system. */
export type UpdatePorts = {
  /** The feed's first root, compiled in. */
  readonly anchor: Uint8Array;
  /** Where trusted metadata lies. */
  readonly store: string;
  readonly web: FeedSource | undefined;
  /** The feed on the stick that is plugged in, if it has one. */
  readonly stick: () => FeedSource | undefined;
  readonly ledger: Pick<Ledger, "open" | "head" | "commit" | "installId">;
  readonly ring: () => Promise<Ring>;
  /** This app, without what the ledger and the memory know. */
  readonly app: Omit<Install, "installId" | "rolledBack">;
  readonly memory: UpdateMemory;
  readonly pending: PendingFiles;
  /** `undefined`: this kind of package is replaced by hand. */
  readonly installer: Installer | undefined;
  /** Applies the lists that travel with the feed; each carries its own signature. */
  readonly applyKeys: (text: string) => Promise<void>;
  readonly applyRevocations: (text: string) => Promise<void>;
  readonly sha256: Sha256;
  readonly now: () => UnixSeconds;
  readonly random: () => number;
  readonly log: Log;
  /** Called for each step of an update; `code`: why it failed. */
  readonly step: (step: UpdateStep["step"], update: UnderWay, code?: UpdateProblem) => void;
  readonly changed: () => void;
  /** Called with what only a bug can throw. */
  readonly failed: (thrown: unknown) => void;
};

/** The update that a step belongs to: which build, as which version, by which document. */
export type UnderWay = { readonly build: BuildId; readonly version: Version; readonly seq: number };

/** A downloaded update, and where it came from: there it is asked for again before it is installed. */
export type Waiting = { readonly from: "web" | "stick"; readonly file: ListedFile };

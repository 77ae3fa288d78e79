import type { EventName, EventPayload, StickView } from "../../src-shared/ipc/index.ts";
import type { UnixSeconds } from "../../src-shared/units.ts";
import type { ViewingStore, WatchHistory } from "../history/index.ts";
import type { HardwareFingerprint } from "../hardware/index.ts";
import type { Ledger } from "../ledger/index.ts";
import type { LicenseService, LicenseStore, SecretStore } from "../license/index.ts";
import type { Log } from "../log/index.ts";
import type { MediaReader } from "../playback/index.ts";
import type { Trust } from "../trust/index.ts";
import type { StickReader } from "../vault/index.ts";

/** What the session needs from other parts of the app. */
export type SessionPorts = {
  readonly trust: Trust;
  readonly licenseService: LicenseService;
  readonly licenseStore: LicenseStore;
  readonly secrets: SecretStore;
  readonly ledger: Ledger;
  readonly hardware: HardwareFingerprint;
  readonly sticks: StickReader;
  readonly reader: MediaReader;
  /** The sticks that were used last, newest first. */
  readonly recent: () => readonly StickView[];
  readonly openHistory: (vaultId: string) => Promise<WatchHistory>;
  /** Keeps the window out of screen captures from now on, or no longer. */
  readonly blockCaptures: (isBlocked: boolean) => void;
  /** Whether this system can. */
  readonly canBlockCaptures: boolean;
  readonly openViewing: (vaultId: string) => Promise<ViewingStore>;
  readonly appVersion: string;
  readonly now: () => UnixSeconds;
  readonly log: Log;
  /** Something that the screen shows has changed. */
  readonly changed: () => void;
  readonly emit: <N extends Exclude<EventName, "app.changed">>(name: N, payload: EventPayload<N>) => void;
};

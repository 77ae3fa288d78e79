import type { EventName, EventPayload } from "../../src-shared/ipc/index.ts";
import type { UnixSeconds } from "../../src-shared/units.ts";
import type { WatchHistory } from "../history/index.ts";
import type { HardwareSight } from "../hardware/index.ts";
import type { Ledger } from "../ledger/index.ts";
import type { LicenseDesk, LicenseShelf, SecretStore } from "../license/index.ts";
import type { Log } from "../log/index.ts";
import type { MediaReader } from "../playback/index.ts";
import type { Trust } from "../trust/index.ts";

/** What the session needs of the world. */
export type SessionPorts = {
  readonly trust: Trust;
  readonly desk: LicenseDesk;
  readonly shelf: LicenseShelf;
  readonly secrets: SecretStore;
  readonly ledger: Ledger;
  readonly hardware: HardwareSight;
  readonly reader: MediaReader;
  readonly openHistory: (vaultId: string) => Promise<WatchHistory>;
  readonly appVersion: string;
  readonly now: () => UnixSeconds;
  readonly log: Log;
  /** Something that the screen shows has changed. */
  readonly changed: () => void;
  readonly emit: <N extends Exclude<EventName, "app.changed">>(name: N, payload: EventPayload<N>) => void;
};

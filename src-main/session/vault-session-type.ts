import type {
  CallCode,
  CallInput,
  CallOutput,
  LicenseOverview,
  ScreenView,
  StickChoice,
  StickView,
} from "../../src-shared/ipc/index.ts";
import type { OpenVault } from "../../src-shared/node/vault-reader.ts";
import type { Result } from "../../src-shared/result.ts";
import type { Seconds } from "../../src-shared/units.ts";
import type { ViewingChange } from "../../src-shared/viewing.ts";
import type { MediaLookup } from "../playback/index.ts";
import type { VaultProblem } from "./state.ts";

/** The one vault of the app: finds it, unlocks it, plays from it, and handles its removal and return. */
export type VaultSession = {
  readonly screen: () => ScreenView;
  readonly stick: () => StickView | undefined;
  /** All genuine sticks that are plugged in. */
  readonly sticks: () => readonly StickChoice[];
  /** The vault of the connected stick; while it is open, it stays the same after the stick is removed. */
  readonly vault: () => OpenVault | undefined;
  /** The plugged stick with this id; of several copies of it, the one on the screen. */
  readonly stickWith: (stickId: string) => OpenVault | undefined;
  /** The stick in this folder has new content: it is checked and judged again. */
  readonly reopen: (root: string) => Promise<void>;
  /** Called once a second with the folders that look like vaults. */
  readonly updateCandidates: (candidates: readonly string[]) => Promise<void>;
  readonly openFolder: (root: string) => Promise<Result<undefined, VaultProblem>>;
  /** Opens another of the sticks that are plugged in. */
  readonly choose: (id: number) => Promise<Result<undefined, VaultProblem>>;
  readonly close: () => Promise<void>;
  readonly importLicense: (text: string) => Promise<Result<CallOutput<"license.import">, CallCode<"license.import">>>;
  /** Every available license for the current vault. */
  readonly overview: () => Promise<Result<LicenseOverview, "NO_VAULT">>;
  /** Permanently takes a license for this computer out of use. The overview then contains its proof. */
  readonly returnLicense: (name: CallInput<"license.return">) => Promise<Result<undefined, CallCode<"license.return">>>;
  readonly unlock: (passphrase: string) => Promise<Result<CallOutput<"license.unlock">, CallCode<"license.unlock">>>;
  readonly retry: () => Promise<void>;
  readonly request: () => Promise<Result<{ text: string }, CallCode<"license.request">>>;
  /** Marks a video as watched to the end, or as never begun. */
  readonly mark: (
    videoId: string,
    finished: boolean,
  ) => Promise<Result<CallOutput<"catalog.mark">, CallCode<"catalog.mark">>>;
  /** What the viewer has chosen and collected in the open vault. */
  readonly viewing: () => Result<ViewingChange, "LOCKED">;
  readonly changeViewing: (change: ViewingChange) => Promise<Result<undefined, "LOCKED" | "NOT_WRITTEN">>;
  /** The bookmarks in the open vault, as text. */
  readonly bookmarks: () => Result<string, "LOCKED">;
  readonly list: () => Promise<Result<CallOutput<"catalog.list">, "LOCKED">>;
  readonly openVideo: (videoId: string) => Promise<Result<CallOutput<"player.open">, CallCode<"player.open">>>;
  readonly progress: (videoId: string, positionSeconds: Seconds) => Promise<void>;
  readonly closeVideo: () => Promise<void>;
  readonly lookup: MediaLookup;
};

import type {
  CallInput,
  CallName,
  CatalogItem,
  CatalogView,
  EventName,
  EventPayload,
  HealthView,
  LicenseEntry,
  Playback,
  Reply,
  ReturnedLicense,
  ScreenView,
  Settings,
  Snapshot,
  TelemetryPart,
  VaultBridge,
} from "../../../src-shared/ipc/index.ts";
import { DEFAULT_VIEWING, type ViewingChange } from "../../../src-shared/viewing.ts";
import { catalogOf, IN_USE, RETURNED, START, STICK } from "./fake-content.ts";

export type RecordedCall = { readonly name: CallName; readonly input: unknown };

/** What a test can do to the fake vault behind the page. */
export type Harness = {
  readonly calls: RecordedCall[];
  /** The names of the files that were given as content packs. */
  readonly givenPacks: string[];
  screen: (screen: ScreenView) => void;
  change: (part: Partial<Snapshot>) => void;
  settings: (part: Partial<Settings>) => void;
  catalog: (items: readonly CatalogItem[], sections?: CatalogView["sections"]) => void;
  /** Of the videos that are opened from now on. */
  watermark: (watermark: Playback["watermark"]) => void;
  /** Of the videos that are opened from now on; the addresses are names of files. */
  storyboard: (storyboard: Playback["storyboard"]) => void;
  /** The publisher wants no title shown outside of the app. */
  hideTitles: () => void;
  /** What was kept of this vault. */
  viewing: (kept: ViewingChange) => void;
  /** The licenses at hand. */
  licenses: (entries: readonly LicenseEntry[]) => void;
  /** Fills the catalog with generated titles. */
  titles: (count: number) => void;
  /** From now on this call fails with this code; `null` lets it succeed again. */
  refuse: (name: CallName, code: string | null) => void;
  /** Calls of this name get no response until `releaseCalls`. */
  hold: (name: CallName) => void;
  releaseCalls: (name: CallName) => void;
  emit: <N extends EventName>(name: N, payload: EventPayload<N>) => void;
};

const FIRST: Snapshot = {
  screen: { stage: "no-stick", problem: null },
  sticks: [],
  recent: [],
  settings: {
    language: "en",
    appearance: "dark",
    volume: 0.8,
    muted: true,
    soundLanguage: "",
    autoplay: true,
    subtitleSize: "normal",
    subtitleBackground: "dark",
  },
  language: "en",
  offer: null,
  pack: null,
  now: START,
  version: "0.1.0",
  updates: null,
  telemetry: { consent: "unasked", invitation: null, erasure: "none", survey: null },
  unexpected: 0,
  support: "support@publisher.example",
};

const PREVIEW: readonly TelemetryPart[] = [
  { kind: "logs", to: "https://ingest.publisher.example/v1/logs", signed: true, text: '{\n  "resourceLogs": []\n}' },
  { kind: "file", to: null, signed: false, text: '{\n  "ring": "ring1"\n}' },
];

const HEALTH: HealthView = {
  startMs: 812,
  uptimeMs: 5_400_000,
  downMs: 1_500,
  cpuMs: 65_000,
  memory: { private: 142_000_000, highest: 187_000_000 },
  faults: 2,
  security: { signature: 1, rollback: 0 },
  crashes: { main: 0, renderer: 1, gpu: 2, worker: 0 },
  lost: { dropped: 0, corrupted: 1, refused: 2 },
  queue: { events: 1_234, bytes: 2_345_678 },
  delivered: START - 420,
};

export const REQUEST = ["-----BEGIN USB VIDEO VAULT ACTIVATION REQUEST-----", "ZXlKaGJHY2lPaUpGWkVSVFFTSX0".repeat(12)]
  .join("\n")
  .concat("\n-----END USB VIDEO VAULT ACTIVATION REQUEST-----\n");

/** A vault without a main process: it answers every call of the contract from the state that a test sets. */
export function createFakeVault(): { bridge: VaultBridge; harness: Harness } {
  let snapshot = FIRST;
  let items = catalogOf(24);
  let sections: CatalogView["sections"] = [];
  let opened = 0;
  let watermark: Playback["watermark"] = null;
  let storyboard: Playback["storyboard"] = null;
  let hidesTitles = false;
  let viewing: ViewingChange = {};
  let licenses: readonly LicenseEntry[] = [IN_USE];
  let returned: readonly ReturnedLicense[] = [];
  const calls: RecordedCall[] = [];
  const givenPacks: string[] = [];
  const refusals = new Map<CallName, string>();
  const held = new Map<CallName, (() => void)[]>();
  const listeners = new Map<EventName, Set<(payload: never) => void>>();

  function emit<N extends EventName>(name: N, payload: EventPayload<N>): void {
    for (const listener of listeners.get(name) ?? []) (listener as (payload: EventPayload<N>) => void)(payload);
  }
  function change(part: Partial<Snapshot>): void {
    snapshot = { ...snapshot, ...part };
    emit("app.changed", snapshot);
  }
  function changeSettings(part: Partial<Settings>): void {
    const settings = { ...snapshot.settings, ...part };
    change({ settings, language: settings.language === "fr" ? "fr" : "en" });
  }
  function playback(id: string): Playback {
    const item = items.find((one) => one.id === id);
    // A new address each time, as after the return of a pulled stick.
    const address = (file: string): string => `vault://media/${file}?opened=${opened}`;
    return {
      videoId: id,
      title: item?.title ?? "",
      hidesTitle: hidesTitles,
      durationSeconds: 30,
      mediaUrl: address("harbour.mp4"),
      type: "video/mp4",
      resumeSeconds: item !== undefined && item.positionSeconds < 30 ? item.positionSeconds : 0,
      subtitles: [
        { url: address("harbour.en.vtt"), language: "en", label: "English", kind: null },
        { url: address("harbour.fr.vtt"), language: "fr", label: "Français", kind: null },
      ],
      sounds: [],
      watermark,
      storyboard: storyboard && { ...storyboard, sheetUrls: storyboard.sheetUrls.map(address) },
      chapters: [
        { startSeconds: 0, title: "Morning" },
        { startSeconds: 10, title: "Noon" },
        { startSeconds: 20, title: "Night" },
      ],
    };
  }

  function answer(name: CallName, input: unknown): unknown {
    switch (name) {
      case "app.snapshot":
        return snapshot;
      case "catalog.list":
        return { sections, items };
      case "catalog.mark": {
        const { videoId, finished } = input as CallInput<"catalog.mark">;
        items = items.map((item) =>
          item.id === videoId ? { ...item, finished, positionSeconds: 0, watched: finished ? snapshot.now : 0 } : item,
        );
        return undefined;
      }
      case "license.overview":
        return { licenses, returned };
      case "license.return":
        licenses = licenses.slice(1);
        returned = [RETURNED];
        return change({});
      case "pack.accept":
        return change({ pack: snapshot.pack && { ...snapshot.pack, stage: "writing" } });
      case "pack.dismiss":
        return change({ pack: null });
      case "license.accept-offer":
      case "license.decline-offer":
        change({ offer: null });
        return name === "license.accept-offer" ? null : undefined;
      case "diagnostics.copy":
        return { text: "USB Video Vault diagnostics\napp: 0.1.0\nlog, last 0 lines:\n" };
      case "telemetry.preview":
        return PREVIEW;
      case "telemetry.health":
        return HEALTH;
      case "problem.draft":
        return { text: "USB Video Vault diagnostics\napp: 0.1.0\n" };
      case "problem.report":
        return { ticket: "K7QM-2XPA" };
      case "license.import":
      case "license.choose-file":
        return snapshot.screen.stage === "catalog" ? snapshot.screen.license : null;
      case "license.request":
        return { text: REQUEST };
      case "player.open":
        opened++;
        return playback((input as CallInput<"player.open">).videoId);
      case "viewing.get":
        return { ...DEFAULT_VIEWING, volume: 0.8, muted: true, ...viewing };
      case "viewing.change":
        viewing = { ...viewing, ...(input as ViewingChange) };
        return undefined;
      case "settings.change":
        return changeSettings(input as Partial<Settings>);
      case "vault.close":
        return change({ screen: { stage: "no-stick", problem: null }, recent: [STICK] });
      default:
        return undefined;
    }
  }

  const bridge: VaultBridge = {
    async call(name, input) {
      calls.push({ name, input });
      const waiting = held.get(name);
      if (waiting !== undefined) await new Promise<void>((resolve) => waiting.push(resolve));
      const code = refusals.get(name);
      const reply = code === undefined ? { ok: true, value: answer(name, input) } : { ok: false, error: { code } };
      return reply as Reply<typeof name>;
    },
    async givePack(file) {
      const { name } = file as File;
      givenPacks.push(name);
      return !name.startsWith("nowhere");
    },
    on(name, listener) {
      const hearing = listeners.get(name) ?? new Set();
      listeners.set(name, hearing.add(listener));
      return () => hearing.delete(listener);
    },
  };

  const harness: Harness = {
    calls,
    givenPacks,
    emit,
    change,
    screen: (screen) => change({ screen }),
    settings: changeSettings,
    catalog: (next, headings = []) => {
      items = [...next];
      sections = headings;
    },
    watermark: (next) => {
      watermark = next;
    },
    storyboard: (next) => {
      storyboard = next;
    },
    hideTitles: () => {
      hidesTitles = true;
    },
    viewing: (kept) => {
      viewing = kept;
    },
    licenses: (entries) => {
      licenses = entries;
      // The main process reports a change, and the page requests the data again.
      change({});
    },
    titles: (count) => {
      items = catalogOf(count);
    },
    refuse: (name, code) => {
      if (code === null) refusals.delete(name);
      else refusals.set(name, code);
    },
    hold: (name) => void held.set(name, []),
    releaseCalls: (name) => {
      for (const resolve of held.get(name) ?? []) resolve();
      held.delete(name);
    },
  };
  return { bridge, harness };
}

import * as v from "valibot";
import { RandomId } from "../ids.ts";
import { NonNegativeInteger, PositiveInteger } from "../integers.ts";
import { LANGUAGES } from "../languages.ts";
import { REFUSAL_CODES, RINGS } from "../license/index.ts";
import { StoryboardLayout } from "../storyboard.ts";
import { SUBTITLE_KINDS } from "../subtitle-kinds.ts";
import { LicenseOffer } from "./license-views.ts";
import { PackView } from "./pack-view.ts";
import { TelemetryView } from "./telemetry-views.ts";
import { UpdatesView } from "./update-views.ts";

// What the renderer shows. No paths, no keys, no tokens: ids, numbers, texts and codes.

const Time = NonNegativeInteger;
const Seconds = v.pipe(v.number(), v.finite(), v.minValue(0));

export const APPEARANCES = ["system", "dark", "light"] as const;

export const SUBTITLE_SIZES = ["small", "normal", "large", "huge"] as const;
/** What is behind subtitles: a dark box, a black one, or a shadow alone. */
export const SUBTITLE_BACKGROUNDS = ["dark", "black", "none"] as const;

export const Settings = v.object({
  /** `system`: the best language for this computer. */
  language: v.picklist(["system", ...LANGUAGES]),
  appearance: v.picklist(APPEARANCES),
  volume: v.pipe(v.number(), v.minValue(0), v.maxValue(1)),
  muted: v.boolean(),
  /** The language of the sound that the viewer chose last; empty: the language of the app. */
  soundLanguage: v.pipe(v.string(), v.maxLength(35)),
  /** The next lesson of a section begins by itself. */
  autoplay: v.boolean(),
  subtitleSize: v.picklist(SUBTITLE_SIZES),
  subtitleBackground: v.picklist(SUBTITLE_BACKGROUNDS),
});
export type Settings = v.InferOutput<typeof Settings>;

/** Some of the settings. An absent member means unchanged; `undefined` is not a value. */
export const SettingsChange = v.object({
  language: v.exactOptional(Settings.entries.language),
  appearance: v.exactOptional(Settings.entries.appearance),
  volume: v.exactOptional(Settings.entries.volume),
  muted: v.exactOptional(Settings.entries.muted),
  soundLanguage: v.exactOptional(Settings.entries.soundLanguage),
  autoplay: v.exactOptional(Settings.entries.autoplay),
  subtitleSize: v.exactOptional(Settings.entries.subtitleSize),
  subtitleBackground: v.exactOptional(Settings.entries.subtitleBackground),
});
export type SettingsChange = v.InferOutput<typeof SettingsChange>;

/** Why a folder or a drive is not accepted as a vault. */
export const VAULT_PROBLEMS = ["NO_VAULT", "UNTRUSTED", "INCOMPLETE", "NO_ANCHOR", "KEYS_LOST"] as const;

export const StickView = v.object({
  stickId: RandomId,
  label: v.string(),
  /** The number of titles, once it is known: the catalog is encrypted. */
  titles: v.exactOptional(NonNegativeInteger),
});
export type StickView = v.InferOutput<typeof StickView>;

/** One of the sticks that are plugged in. */
export const StickChoice = v.object({
  /** Of this session; `vault.choose` names the stick by it. */
  id: PositiveInteger,
  stickId: RandomId,
  label: v.string(),
  /** The letter or the name of the drive: tells copies of one stick apart. */
  drive: v.string(),
  titles: v.nullable(NonNegativeInteger),
  /** What happened when it was last opened since it was plugged in. */
  access: v.picklist(["unknown", "open", "passphrase", "refused"]),
  /** It is the stick on the screen. */
  current: v.boolean(),
});
export type StickChoice = v.InferOutput<typeof StickChoice>;

export const LicenseView = v.object({
  code: v.picklist(["OK", "GRACE"]),
  customer: v.string(),
  ring: v.picklist(RINGS),
  issued: Time,
  expires: Time,
  /** Whole days left in grace; 0 while the license is valid. */
  graceDaysLeft: NonNegativeInteger,
});
export type LicenseView = v.InferOutput<typeof LicenseView>;

export const RefusalView = v.object({
  code: v.picklist(REFUSAL_CODES),
  /** The date in the sentence of `NOT_YET_VALID` and `EXPIRED`. */
  date: v.nullable(Time),
  /** `WRONG_STICK` only: the content is that of the licensed stick, but it is another drive. */
  isCopy: v.exactOptional(v.literal(true)),
});
export type RefusalView = v.InferOutput<typeof RefusalView>;

/** How the picture is protected on this computer. */
export const ProtectionView = v.object({
  /** `not-blocked`: the publisher wants captures to be blocked, and this computer cannot. */
  captures: v.picklist(["allowed", "blocked", "not-blocked"]),
  watermark: v.boolean(),
});
export type ProtectionView = v.InferOutput<typeof ProtectionView>;

export const ScreenView = v.variant("stage", [
  v.object({ stage: v.literal("no-stick"), problem: v.nullable(v.picklist(VAULT_PROBLEMS)) }),
  v.object({
    stage: v.literal("locked"),
    stick: StickView,
    /** `null`: there is a good license, only its passphrase is missing. */
    refusal: v.nullable(RefusalView),
    /** Whether a passphrase field makes sense here. */
    passphrase: v.boolean(),
  }),
  v.object({
    stage: v.literal("catalog"),
    stick: StickView,
    license: LicenseView,
    /** False while the stick is removed: the catalog stays, playback waits. */
    present: v.boolean(),
    protection: ProtectionView,
  }),
]);
export type ScreenView = v.InferOutput<typeof ScreenView>;

export const Snapshot = v.object({
  screen: ScreenView,
  /** The genuine sticks that are plugged in, the ones used last first. */
  sticks: v.array(StickChoice),
  /** Recently seen vaults, newest first, at most five: shown greyed while they are absent. */
  recent: v.array(StickView),
  settings: Settings,
  offer: v.nullable(LicenseOffer),
  /** The content pack that was dropped, chosen or opened. */
  pack: v.nullable(PackView),
  /** This computer's clock when the snapshot was taken; a new snapshot arrives at least every hour. */
  now: Time,
  /** The language that `settings.language` stands for on this computer. */
  language: v.picklist(LANGUAGES),
  version: v.string(),
  /** `null`: this build has no update feed. */
  updates: v.nullable(UpdatesView),
  telemetry: TelemetryView,
  /** The number of unexpected errors to tell the viewer about. */
  unexpected: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  /** How to contact the publisher: a mail address or a web address, as text. */
  support: v.string(),
});
export type Snapshot = v.InferOutput<typeof Snapshot>;

export const CatalogItem = v.object({
  id: RandomId,
  title: v.string(),
  /** In lines; empty if there is none. */
  description: v.string(),
  /** The place of its section in the catalog; `null`: it belongs to none. */
  section: v.nullable(NonNegativeInteger),
  durationSeconds: Seconds,
  added: Time,
  /** An opaque address of this session, or `null` if there is no poster. */
  posterUrl: v.nullable(v.string()),
  /** False: the license does not include this video. */
  included: v.boolean(),
  /** The playback position, 0 when never started or finished. */
  positionSeconds: Seconds,
  /** When it was last watched, 0 for never. */
  watched: Time,
  finished: v.boolean(),
});
export type CatalogItem = v.InferOutput<typeof CatalogItem>;

/** The titles in the order of their publisher. Those of a section need not stand side by side. */
export const CatalogView = v.object({
  sections: v.pipe(v.array(v.object({ title: v.string(), description: v.string() })), v.readonly()),
  items: v.pipe(v.array(CatalogItem), v.readonly()),
});
export type CatalogView = v.InferOutput<typeof CatalogView>;

export const Playback = v.object({
  videoId: RandomId,
  title: v.string(),
  /** The publisher wants it shown nowhere but in the app. */
  hidesTitle: v.boolean(),
  durationSeconds: Seconds,
  /** An opaque address of this session. */
  mediaUrl: v.string(),
  type: v.string(),
  resumeSeconds: Seconds,
  subtitles: v.array(
    v.object({
      url: v.string(),
      language: v.string(),
      label: v.string(),
      kind: v.nullable(v.picklist(SUBTITLE_KINDS)),
    }),
  ),
  /** Empty if there is no choice. */
  sounds: v.array(v.object({ language: v.string(), label: v.string(), isDefault: v.boolean() })),
  chapters: v.array(v.object({ startSeconds: Seconds, title: v.string() })),
  /** The pictures for the seek bar; the sheets have opaque addresses of this session. */
  storyboard: v.nullable(v.object({ ...StoryboardLayout.entries, sheetUrls: v.array(v.string()) })),
  /** Drawn over the picture for as long as it is there. */
  watermark: v.nullable(v.object({ mode: v.picklist(["corner", "moving"]), text: v.string() })),
});
export type Playback = v.InferOutput<typeof Playback>;

/** Why a video does not open, or why playback stopped. */
export const PLAYBACK_FAULTS = ["REMOVED", "DAMAGED", "UNREADABLE"] as const;
export type PlaybackFault = (typeof PLAYBACK_FAULTS)[number];

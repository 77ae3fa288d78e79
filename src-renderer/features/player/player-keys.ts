import type { Messages } from "../../i18n/index.ts";

/** A command of the player. Seconds and shares are signed steps. */
export type PlayerCommand =
  | { readonly do: "toggle-play" }
  | { readonly do: "next" }
  | { readonly do: "previous" }
  | { readonly do: "seek-by"; readonly seconds: number }
  | { readonly do: "seek-to"; readonly share: number }
  | { readonly do: "frame-step"; readonly step: 1 | -1 }
  | { readonly do: "go-to" }
  | { readonly do: "loop" }
  | { readonly do: "bookmark" }
  | { readonly do: "volume-by"; readonly share: number }
  | { readonly do: "toggle-mute" }
  | { readonly do: "toggle-fullscreen" }
  | { readonly do: "toggle-subtitles" }
  | { readonly do: "speed-step"; readonly step: 1 | -1 }
  | { readonly do: "queue" }
  | { readonly do: "repeat" }
  | { readonly do: "help" }
  | { readonly do: "leave" };

export const VOLUME_STEP = 0.05;

/** The commands that have a key; the buttons of the player run the same ones. */
export const COMMANDS = {
  togglePlay: { do: "toggle-play" },
  next: { do: "next" },
  previous: { do: "previous" },
  back5: { do: "seek-by", seconds: -5 },
  forward5: { do: "seek-by", seconds: 5 },
  back10: { do: "seek-by", seconds: -10 },
  forward10: { do: "seek-by", seconds: 10 },
  frameBack: { do: "frame-step", step: -1 },
  frameForward: { do: "frame-step", step: 1 },
  goTo: { do: "go-to" },
  loop: { do: "loop" },
  bookmark: { do: "bookmark" },
  louder: { do: "volume-by", share: VOLUME_STEP },
  quieter: { do: "volume-by", share: -VOLUME_STEP },
  toggleMute: { do: "toggle-mute" },
  toggleSubtitles: { do: "toggle-subtitles" },
  slower: { do: "speed-step", step: -1 },
  faster: { do: "speed-step", step: 1 },
  toggleFullscreen: { do: "toggle-fullscreen" },
  queue: { do: "queue" },
  repeat: { do: "repeat" },
  help: { do: "help" },
  leave: { do: "leave" },
} as const satisfies { readonly [name: string]: PlayerCommand };

type PlayerTexts = Messages["player"];

export type PlayerKey = {
  /** As `KeyboardEvent.key` has it; a letter in lower case, which stands for both. */
  readonly key: string;
  readonly command: PlayerCommand;
  /** The text of the help. Keys with the same text share a line. */
  readonly help: keyof PlayerTexts["keyHelp"];
};

/** The digits jump to a tenth of the video: 0 to its beginning. */
const TENTHS: readonly PlayerKey[] = Array.from({ length: 10 }, (_, tenth) => ({
  key: String(tenth),
  command: { do: "seek-to", share: tenth / 10 },
  help: "tenths",
}));

/**
 * Every key of the player, in the order of the help. All are pressed without Ctrl, Alt or Meta: such combinations belong
 * to the system.
 */
export const PLAYER_KEYS: readonly PlayerKey[] = [
  { key: " ", command: COMMANDS.togglePlay, help: "playPause" },
  { key: "k", command: COMMANDS.togglePlay, help: "playPause" },
  { key: "ArrowLeft", command: COMMANDS.back5, help: "fiveSeconds" },
  { key: "ArrowRight", command: COMMANDS.forward5, help: "fiveSeconds" },
  { key: "j", command: COMMANDS.back10, help: "tenSeconds" },
  { key: "l", command: COMMANDS.forward10, help: "tenSeconds" },
  ...TENTHS,
  { key: ",", command: COMMANDS.frameBack, help: "frames" },
  { key: ".", command: COMMANDS.frameForward, help: "frames" },
  { key: "g", command: COMMANDS.goTo, help: "goTo" },
  { key: "a", command: COMMANDS.loop, help: "loop" },
  { key: "b", command: COMMANDS.bookmark, help: "bookmark" },
  { key: "n", command: COMMANDS.next, help: "nextPrevious" },
  { key: "p", command: COMMANDS.previous, help: "nextPrevious" },
  { key: "ArrowUp", command: COMMANDS.louder, help: "volume" },
  { key: "ArrowDown", command: COMMANDS.quieter, help: "volume" },
  { key: "m", command: COMMANDS.toggleMute, help: "mute" },
  { key: "c", command: COMMANDS.toggleSubtitles, help: "subtitles" },
  { key: "<", command: COMMANDS.slower, help: "speed" },
  { key: ">", command: COMMANDS.faster, help: "speed" },
  { key: "q", command: COMMANDS.queue, help: "queue" },
  { key: "r", command: COMMANDS.repeat, help: "repeat" },
  { key: "f", command: COMMANDS.toggleFullscreen, help: "fullscreen" },
  { key: "?", command: COMMANDS.help, help: "help" },
  { key: "Escape", command: COMMANDS.leave, help: "back" },
];

export type KeyPress = Pick<KeyboardEvent, "key" | "ctrlKey" | "altKey" | "metaKey">;

export function playerCommand(press: KeyPress): PlayerCommand | null {
  if (press.ctrlKey || press.altKey || press.metaKey) return null;
  const pressed = press.key.length === 1 ? press.key.toLowerCase() : press.key;
  return PLAYER_KEYS.find(({ key }) => key === pressed)?.command ?? null;
}

/** The name of a key as it is printed on the keyboard. */
export function keyLabel(key: string, { keyLabels }: PlayerTexts): string {
  return key in keyLabels ? keyLabels[key as keyof typeof keyLabels] : key.toUpperCase();
}

/** The first key of each command, for the tooltip of a button. */
export function shortcutOf(texts: PlayerTexts, ...commands: readonly PlayerCommand[]): string {
  const keys = commands.flatMap((command) => PLAYER_KEYS.find((row) => row.command === command)?.key ?? []);
  return keys.map((key) => keyLabel(key, texts)).join(" ");
}

import { describe, expect, it } from "vitest";
import { chapterAt } from "../../src-renderer/features/player/chapters.ts";
import {
  COMMANDS,
  keyLabel,
  PLAYER_KEYS,
  type PlayerCommand,
  playerCommand,
  shortcutOf,
} from "../../src-renderer/features/player/player-keys.ts";
import { createI18n } from "../../src-renderer/i18n/index.ts";
import { LANGUAGES } from "../../src-shared/languages.ts";
import { stepSpeed } from "../../src-renderer/features/player/speeds.ts";

function press(
  key: string,
  held: { ctrlKey?: boolean; altKey?: boolean; metaKey?: boolean } = {},
): PlayerCommand | null {
  return playerCommand({ key, ctrlKey: false, altKey: false, metaKey: false, ...held });
}

describe("the player's keyboard", () => {
  it.each<[string, PlayerCommand]>([
    [" ", { do: "toggle-play" }],
    ["k", { do: "toggle-play" }],
    ["K", { do: "toggle-play" }],
    ["j", { do: "seek-by", seconds: -10 }],
    ["l", { do: "seek-by", seconds: 10 }],
    ["ArrowLeft", { do: "seek-by", seconds: -5 }],
    ["ArrowRight", { do: "seek-by", seconds: 5 }],
    ["ArrowUp", { do: "volume-by", share: 0.05 }],
    ["ArrowDown", { do: "volume-by", share: -0.05 }],
    ["n", { do: "next" }],
    ["p", { do: "previous" }],
    ["q", { do: "queue" }],
    ["r", { do: "repeat" }],
    ["0", { do: "seek-to", share: 0 }],
    ["7", { do: "seek-to", share: 0.7 }],
    [",", { do: "frame-step", step: -1 }],
    [".", { do: "frame-step", step: 1 }],
    ["g", { do: "go-to" }],
    ["a", { do: "loop" }],
    ["b", { do: "bookmark" }],
    ["f", { do: "toggle-fullscreen" }],
    ["m", { do: "toggle-mute" }],
    ["c", { do: "toggle-subtitles" }],
    ["<", { do: "speed-step", step: -1 }],
    [">", { do: "speed-step", step: 1 }],
    ["?", { do: "help" }],
    ["Escape", { do: "leave" }],
  ])("runs the command of %s", (key, command) => {
    expect(press(key)).toEqual(command);
  });

  it("ignores other keys and combinations with Ctrl, Alt or Meta", () => {
    expect([press("Tab"), press("x"), press("F5")]).toEqual([null, null, null]);
    expect([
      press("c", { ctrlKey: true }),
      press("ArrowLeft", { altKey: true }),
      press("m", { metaKey: true }),
    ]).toEqual([null, null, null]);
  });
});

describe("the table of the player's keys", () => {
  it("has each key once, for the command that the key runs", () => {
    expect(new Set(PLAYER_KEYS.map(({ key }) => key)).size).toBe(PLAYER_KEYS.length);
    for (const { key, command } of PLAYER_KEYS) expect(press(key)).toBe(command);
  });

  it("has a key for every command", () => {
    const withKey = new Set(PLAYER_KEYS.map(({ command }) => command));
    expect(Object.values(COMMANDS).filter((command) => !withKey.has(command))).toEqual([]);
  });

  it.each(LANGUAGES)("uses every text of the help and every name of a key (%s)", (language) => {
    const texts = createI18n(language, "").messages.player;
    expect([...new Set(PLAYER_KEYS.map(({ help }) => help))].toSorted()).toEqual(Object.keys(texts.keyHelp).toSorted());
    const shown = new Set(PLAYER_KEYS.map(({ key }) => keyLabel(key, texts)));
    expect(Object.values(texts.keyLabels).filter((label) => !shown.has(label))).toEqual([]);
  });

  it("names the keys in tooltips", () => {
    const texts = createI18n("fr", "").messages.player;
    expect(shortcutOf(texts, COMMANDS.togglePlay)).toBe("Espace");
    expect(shortcutOf(texts, COMMANDS.slower, COMMANDS.faster)).toBe("< >");
    expect(shortcutOf(texts, COMMANDS.back10)).toBe("J");
  });
});

describe("speed", () => {
  it("steps through the speeds and stays at the slowest and the fastest", () => {
    expect([stepSpeed(1, 1), stepSpeed(1, -1), stepSpeed(2, 1), stepSpeed(0.5, -1)]).toEqual([1.25, 0.75, 2, 0.5]);
  });

  it("goes to the neighbour from a speed that is not on the list", () => {
    expect([stepSpeed(1.1, 1), stepSpeed(1.1, -1)]).toEqual([1.25, 1]);
  });
});

describe("chapters", () => {
  const chapters = [
    { startSeconds: 5, title: "one" },
    { startSeconds: 10, title: "two" },
  ];

  it("finds the chapter at a position", () => {
    expect([chapterAt(chapters, 4.9), chapterAt(chapters, 5)?.title, chapterAt(chapters, 99)?.title]).toEqual([
      null,
      "one",
      "two",
    ]);
  });
});

/** What the player can be told to do. Seconds and shares are signed steps. */
export type PlayerCommand =
  | { readonly do: "toggle-play" }
  | { readonly do: "seek-by"; readonly seconds: number }
  | { readonly do: "volume-by"; readonly share: number }
  | { readonly do: "toggle-mute" }
  | { readonly do: "toggle-fullscreen" }
  | { readonly do: "toggle-subtitles" }
  | { readonly do: "speed-step"; readonly step: 1 | -1 }
  | { readonly do: "help" }
  | { readonly do: "leave" };

export type KeyPress = {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly altKey: boolean;
  readonly metaKey: boolean;
};

const VOLUME_STEP = 0.05;

/** One table for the keyboard; letters work in either case, system combinations are left alone. */
export function playerCommand(press: KeyPress): PlayerCommand | null {
  if (press.ctrlKey || press.altKey || press.metaKey) return null;
  switch (press.key.length === 1 ? press.key.toLowerCase() : press.key) {
    case " ":
    case "k":
      return { do: "toggle-play" };
    case "j":
      return { do: "seek-by", seconds: -10 };
    case "l":
      return { do: "seek-by", seconds: 10 };
    case "ArrowLeft":
      return { do: "seek-by", seconds: -5 };
    case "ArrowRight":
      return { do: "seek-by", seconds: 5 };
    case "ArrowUp":
      return { do: "volume-by", share: VOLUME_STEP };
    case "ArrowDown":
      return { do: "volume-by", share: -VOLUME_STEP };
    case "m":
      return { do: "toggle-mute" };
    case "f":
      return { do: "toggle-fullscreen" };
    case "c":
      return { do: "toggle-subtitles" };
    case "<":
      return { do: "speed-step", step: -1 };
    case ">":
      return { do: "speed-step", step: 1 };
    case "?":
      return { do: "help" };
    case "Escape":
      return { do: "leave" };
    default:
      return null;
  }
}

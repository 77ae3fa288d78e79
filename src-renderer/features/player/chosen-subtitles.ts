import type { Playback } from "../../../src-shared/ipc/index.ts";
import type { SubtitleChoice } from "../../../src-shared/viewing.ts";
import { baseOf, UNKNOWN_LANGUAGE } from "./preferred-sound.ts";

type Subtitles = Playback["subtitles"];
type Kind = Subtitles[number]["kind"];

/** Of the subtitles in one language, the first of these that there is. Both of the first contain the whole dialogue. */
const WHOLE_FIRST: readonly Kind[] = [null, "sdh", "commentary", "forced"];

/**
 * The subtitles that are shown at first; `null`: none. They are in the language that the viewer chose last, of the same
 * kind if there is one, and never in another language. Who has never chosen sees what translates the foreign words in the
 * sound that is heard.
 */
export function chosenSubtitles(
  tracks: Subtitles,
  choice: SubtitleChoice | null,
  heard: string | undefined,
): Subtitles[number] | null {
  if (choice === null) return tracks.find((track) => track.kind === "forced" && isIn(track, heard)) ?? null;
  return choice.shown ? bestOf(tracks, choice.language, choice.kind) : null;
}

/** The subtitles that appear when they are switched on: those that were shown last, else in the language of the interface, else any. */
export function subtitlesToShow(
  tracks: Subtitles,
  choice: SubtitleChoice | null,
  language: string,
): Subtitles[number] | null {
  const last = choice && bestOf(tracks, choice.language, choice.kind);
  return last ?? bestOf(tracks, language, null) ?? inOrder(tracks, null)[0] ?? null;
}

function bestOf(tracks: Subtitles, language: string, kind: Kind): Subtitles[number] | null {
  const spoken = tracks.filter((track) => isIn(track, language));
  // Forced subtitles are no substitute for the others, nor the others for them.
  const fitting = kind === "forced" ? spoken.filter((track) => track.kind === "forced") : spoken;
  return inOrder(fitting, kind)[0] ?? null;
}

function inOrder(tracks: Subtitles, kind: Kind): Subtitles {
  const order = [kind, ...WHOLE_FIRST];
  return tracks.toSorted((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind));
}

function isIn({ language }: Subtitles[number], wanted: string | undefined): boolean {
  return wanted !== undefined && baseOf(wanted) !== UNKNOWN_LANGUAGE && baseOf(language) === baseOf(wanted);
}

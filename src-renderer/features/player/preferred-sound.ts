import type { Playback } from "../../../src-shared/ipc/index.ts";

export const UNKNOWN_LANGUAGE = "und";

/**
 * The sound that is heard at first: the first wanted language that the film has, else the sound that the film prefers.
 * Of several sounds in one language it is the one that the film prefers, else the first: a commentary stands last.
 */
export function preferredSound(sounds: Playback["sounds"], wanted: readonly string[]): number {
  for (const language of wanted) {
    const spoken = sounds.filter((sound) => baseOf(sound.language) === baseOf(language));
    const best = spoken.find(({ isDefault }) => isDefault) ?? spoken[0];
    if (best && baseOf(language) !== UNKNOWN_LANGUAGE) return sounds.indexOf(best);
  }
  return Math.max(
    0,
    sounds.findIndex(({ isDefault }) => isDefault),
  );
}

/** `fr` of `fr-CA`. */
export function baseOf(language: string): string {
  return language.split("-")[0]?.toLowerCase() ?? "";
}

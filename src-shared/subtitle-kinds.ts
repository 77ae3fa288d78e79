/** Subtitles that are not simply the whole dialogue. */
export const SUBTITLE_KINDS = ["forced", "sdh", "commentary"] as const;

/** The media types that Chromium plays or shows for us: a reader returns no other type. */
export const VIDEO_TYPES = ["video/mp4", "video/webm", "video/quicktime", "video/x-matroska"] as const;
export const POSTER_TYPES = ["image/jpeg", "image/png", "image/webp", "image/svg+xml"] as const;

/** Every subtitle file is WebVTT; packing accepts files with this suffix. */
export const SUBTITLE_TYPE = "text/vtt";
export const SUBTITLE_SUFFIX = ".vtt";

/** Every sheet of a storyboard. */
export const STORYBOARD_TYPE = "image/jpeg";

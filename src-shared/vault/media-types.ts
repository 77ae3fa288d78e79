/** The media types that Chromium plays or shows from us: a reader hands out no other type. */
export const VIDEO_TYPES = ["video/mp4", "video/webm", "video/quicktime", "video/x-matroska"] as const;
export const POSTER_TYPES = ["image/jpeg", "image/png", "image/webp", "image/svg+xml"] as const;

/** Every subtitle file is WebVTT; packing takes it from files with this suffix. */
export const SUBTITLE_TYPE = "text/vtt";
export const SUBTITLE_SUFFIX = ".vtt";

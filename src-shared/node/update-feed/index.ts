export { DOWNLOAD_ERRORS, type DownloadError } from "./download-target.ts";
export { FETCH_ERRORS, type FeedSource, type FetchError } from "./feed-source.ts";
export { openFolderSource } from "./folder-source.ts";
export { readFeed } from "./open-feed.ts";
export type { FeedError, OpenFeed } from "./read-feed.ts";
export type { TufClient, TufOptions } from "./tuf-client.ts";
export { METADATA_ERRORS, type TufError } from "./tuf-error.ts";
export { openWebSource, type TimeLimits, type WebSourceOptions } from "./web-source.ts";

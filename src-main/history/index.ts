export { openViewing, type ViewingStore } from "./viewing-store.ts";
export { openWatchHistory, type WatchHistory } from "./watch-history.ts";

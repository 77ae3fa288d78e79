export { openWatchHistory, type WatchHistory } from "./watch-history.ts";

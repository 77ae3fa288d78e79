export { createElectronInstaller } from "./electron-installer.ts";
export { feedPlaceOf, stickFeedOf } from "./feed-place.ts";
export { installPlaceOf } from "./install-place.ts";
export { openPendingFiles } from "./pending-files.ts";
export { createSightOfFeed } from "./sight-of-feed.ts";
export { pollDelay } from "./polling.ts";
export type { Installer, UpdatePorts } from "./ports.ts";
export { openUpdateMemory, type UpdateMemory } from "./update-memory.ts";
export { createUpdates, type Updates } from "./updates.ts";

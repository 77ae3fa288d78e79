export { createElectronInstaller } from "./electron-installer.ts";
export { feedLocationOf, stickFeedOf } from "./feed-location.ts";
export { packageTargetOf } from "./package-target.ts";
export { openPendingFiles } from "./pending-files.ts";
export { createDownloadHashRecorder } from "./download-hash-recorder.ts";
export { pollDelay } from "./polling.ts";
export type { Installer, UpdatePorts } from "./ports.ts";
export { openUpdateMemory, type UpdateMemory } from "./update-memory.ts";
export { createUpdates, type Updates } from "./updates.ts";

export { findApp, type FoundApp, putApp } from "./app/index.ts";
export { type CheckedFilm, checkFilms } from "./check-films.ts";
export type { Changed } from "./change-vault.ts";
export { DEFAULT_CRF } from "./conversion-plan.ts";
export { type ContentPack, writeContentPack } from "./content-pack.ts";
export { copyStick, type CopyRequest } from "./copy-stick.ts";
export { courseIn } from "./course-in.ts";
export { readPackPlan } from "./course-of-plan.ts";
export { type Course, courseOf } from "./course.ts";
export { requireSpace } from "./free-space.ts";
export { FAT32_LIMIT } from "./room-for-file.ts";
export { createReadBack } from "./hashing/index.ts";
export { editVault } from "./edit-vault.ts";
export { filmsInVault } from "./known-films.ts";
export { addToVault, packVault, removeFromVault } from "./pack.ts";
export { titleOf } from "./probe.ts";
export { type Resigned, resignStick } from "./stick-floor.ts";
export {
  contentOf,
  hasSameContent,
  type SyncedStick,
  type SyncRequest,
  syncStick,
  type VaultContent,
} from "./sync-stick.ts";
export { extractVideo, listVault, openCatalog, openTrusted, verifyVault, viewVideo } from "./vaults/index.ts";
export { planOfFolder, planOfStick } from "./write-plan.ts";
export type { ElectronProgram } from "./trial/index.ts";

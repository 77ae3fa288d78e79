export { type CheckedFilm, checkFilms } from "./check-films.ts";
export type { Changed } from "./change-vault.ts";
export { copyStick } from "./copy-stick.ts";
export { requireSpace } from "./free-space.ts";
export { createReadBack } from "./hashing/index.ts";
export { addToVault, packVault, removeFromVault } from "./pack.ts";
export { type Resigned, resignStick } from "./stick-floor.ts";
export { extractVideo, listVault, openTrusted, verifyVault, viewVideo } from "./vaults/index.ts";
export type { ElectronProgram } from "./trial/index.ts";

export { backUp, type MadeBackup } from "./back-up.ts";
export { restoreBackup } from "./restore.ts";

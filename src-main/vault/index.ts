export { type ExaminedStick, examineStick } from "./examine-stick.ts";
export { createStickReader, type StickReader } from "./stick-reader.ts";
export { type VaultWatch, watchVaults } from "./vault-watch.ts";

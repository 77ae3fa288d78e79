export { extractVideo } from "./extract-video.ts";
export { listVault } from "./list-vault.ts";
export { openCatalog } from "./open-catalog.ts";
export { describeOpenFault, openTrusted } from "./open-trusted.ts";
export { verifyVault } from "./verify-vault.ts";
export { viewVideo } from "./view-video.ts";

export { describeOpenFault, openTrusted } from "./open-trusted.ts";
export { listVault } from "./list-vault.ts";
export { verifyVault, type VerifyReport } from "./verify-vault.ts";
export { extractVideo } from "./extract-video.ts";
export { viewVideo } from "./view-video.ts";

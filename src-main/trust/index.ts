export { trustRootsOf } from "./compiled-roots.ts";
export { createTrust, type Trust } from "./trust.ts";

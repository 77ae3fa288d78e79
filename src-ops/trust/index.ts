export { loadTrust, type LoadedTrust } from "./load-trust.ts";

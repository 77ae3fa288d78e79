export type { SessionPorts } from "./ports.ts";
export { createVaultSession, type VaultSession } from "./vault-session.ts";

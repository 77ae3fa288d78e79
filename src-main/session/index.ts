export type { SessionPorts } from "./ports.ts";
export { createVaultSession } from "./vault-session.ts";
export type { VaultSession } from "./vault-session-type.ts";

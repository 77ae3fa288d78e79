export { type Consent, openSettingsStore, type SettingsStore } from "./settings-store.ts";

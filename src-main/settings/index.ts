export { openSettingsStore, type SettingsStore } from "./settings-store.ts";

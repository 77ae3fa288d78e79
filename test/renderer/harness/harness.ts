import { createFakeVault } from "./fake-vault.ts";

const fake = createFakeVault();
Object.assign(window, { vault: fake.bridge, harness: fake.harness });
// Imported last: the app takes the bridge from the window as it starts.
await import("../../../src-renderer/main.tsx");

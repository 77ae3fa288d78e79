export { createSnapshotStore } from "./snapshot-store.ts";
export { useViewing, type ViewingControl, ViewingProvider } from "./viewing.tsx";
export { BridgeProvider, useAppState, useBridge, useBridgeEvent } from "./wiring.tsx";

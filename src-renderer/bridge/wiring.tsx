import { createContext, type ReactNode, useContext, useEffect, useEffectEvent, useSyncExternalStore } from "react";
import type { EventName, EventPayload, VaultBridge } from "../../src-shared/ipc/index.ts";
import type { AppState, SnapshotStore } from "./snapshot-store.ts";

declare global {
  interface Window {
    readonly vault: VaultBridge;
  }
}

type Wiring = { readonly bridge: VaultBridge; readonly store: SnapshotStore };

const WiringContext = createContext<Wiring | null>(null);

export function BridgeProvider(props: Wiring & { children: ReactNode }): ReactNode {
  return <WiringContext value={props}>{props.children}</WiringContext>;
}

function useWiring(): Wiring {
  const wiring = useContext(WiringContext);
  if (wiring === null) throw new Error("used outside BridgeProvider");
  return wiring;
}

/** The only way to the main process. */
export function useBridge(): VaultBridge {
  return useWiring().bridge;
}

export function useAppState(): AppState {
  const { store } = useWiring();
  return useSyncExternalStore(store.subscribe, store.get);
}

/** Listens to an event of the main process while the component is mounted. */
export function useBridgeEvent<N extends EventName>(name: N, listener: (payload: EventPayload<N>) => void): void {
  const bridge = useBridge();
  const hear = useEffectEvent(listener);
  useEffect(() => bridge.on(name, (payload) => hear(payload)), [bridge, name]);
}

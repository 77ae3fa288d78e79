import type { Snapshot, VaultBridge } from "../../src-shared/ipc/index.ts";

/** The last snapshot of the main process; `failed` when it could not send the first one. */
export type AppState = Snapshot | "starting" | "failed";

export type SnapshotStore = { subscribe: (listener: () => void) => () => void; get: () => AppState };

/** Subscribes before it requests the first snapshot, so that no change in between is lost. */
export function createSnapshotStore(bridge: VaultBridge): SnapshotStore {
  let state: AppState = "starting";
  const listeners = new Set<() => void>();
  const publish = (next: AppState): void => {
    state = next;
    for (const listener of listeners) listener();
  };
  bridge.on("app.changed", publish);
  const ask = async (): Promise<void> => {
    const reply = await bridge.call("app.snapshot", undefined);
    if (state === "starting") publish(reply.ok ? reply.value : "failed");
  };
  void ask();
  return {
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    get: () => state,
  };
}

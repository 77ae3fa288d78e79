import { contextBridge, ipcRenderer, webUtils } from "electron";
import { calls, events, GIVEN_PACK_CHANNEL, type VaultBridge } from "../../src-shared/ipc/index.ts";

// The whole bridge: only names of the contract pass. Inputs and outputs are validated in the main process.
const bridge: VaultBridge = {
  async call(name, input) {
    if (!Object.hasOwn(calls, name)) return { ok: false, error: { code: "BAD_REQUEST" } };
    try {
      return await ipcRenderer.invoke(name, input);
    } catch {
      // The main process answers every call; if there is no answer, its start has failed.
      return { ok: false, error: { code: "INTERNAL" } };
    }
  },
  on(name, listener) {
    if (!Object.hasOwn(events, name)) return () => undefined;
    const handler = (_event: unknown, payload: Parameters<typeof listener>[0]) => listener(payload);
    ipcRenderer.on(name, handler);
    return () => void ipcRenderer.removeListener(name, handler);
  },
  async givePack(file) {
    const path = file instanceof File ? webUtils.getPathForFile(file) : "";
    if (path === "") return false;
    await ipcRenderer.invoke(GIVEN_PACK_CHANNEL, path);
    return true;
  },
};

contextBridge.exposeInMainWorld("vault", bridge);

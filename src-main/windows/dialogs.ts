import { app, type BrowserWindow, dialog } from "electron";
import { join } from "node:path";
import { LICENSE_SUFFIX, PACK_SUFFIX } from "../../src-shared/vault/index.ts";

/** The dialogs of the system, on top of the window. `undefined`: the person closed the dialog. */
export function createDialogs(window: () => BrowserWindow) {
  return {
    async chooseFolder(): Promise<string | undefined> {
      const { filePaths } = await dialog.showOpenDialog(window(), { properties: ["openDirectory"] });
      return filePaths[0];
    },
    async chooseLicense(): Promise<string | undefined> {
      // A mail program may have saved it under any name.
      const filters = [
        { name: "USB Video Vault", extensions: [LICENSE_SUFFIX.slice(1), "txt"] },
        { name: "*.*", extensions: ["*"] },
      ];
      const { filePaths } = await dialog.showOpenDialog(window(), { properties: ["openFile"], filters });
      return filePaths[0];
    },
    async choosePack(): Promise<string | undefined> {
      const filters = [
        { name: "USB Video Vault", extensions: [PACK_SUFFIX.slice(1)] },
        { name: "*.*", extensions: ["*"] },
      ];
      const { filePaths } = await dialog.showOpenDialog(window(), { properties: ["openFile"], filters });
      return filePaths[0];
    },
    async chooseTarget(suggestedName: string): Promise<string | undefined> {
      const { filePath } = await dialog.showSaveDialog(window(), {
        defaultPath: join(app.getPath("documents"), suggestedName),
      });
      return filePath || undefined;
    },
  };
}

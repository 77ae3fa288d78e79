import { type BrowserWindow, ipcMain } from "electron";
import { type Handlers, routeCalls, type Unexpected } from "../ipc/index.ts";
import type { Log } from "../log/index.ts";

/** Answers the calls of the window's own page. */
export function serveWindow(window: BrowserWindow, handlers: Handlers, log: Log, unexpected: Unexpected): void {
  routeCalls(
    (channel, answer) =>
      ipcMain.handle(channel, ({ senderFrame }, input) =>
        answer(
          senderFrame && { url: senderFrame.url, isMainFrame: senderFrame === window.webContents.mainFrame },
          input,
        ),
      ),
    handlers,
    log,
    unexpected,
  );
}

import { type BrowserWindow, ipcMain, type WebFrameMain } from "electron";
import { GIVEN_PACK_CHANNEL } from "../../src-shared/ipc/index.ts";
import { answerGivenPacks, type Handlers, routeCalls, type Sender, type Unexpected } from "../ipc/index.ts";
import type { Log } from "../log/index.ts";

/** Answers the calls of the window's own page, and takes the content packs that are dropped on it. */
export function serveWindow(
  window: BrowserWindow,
  handlers: Handlers,
  { log, unexpected, givenPack }: { log: Log; unexpected: Unexpected; givenPack: (path: string) => void },
): void {
  const senderOf = (frame: WebFrameMain | null): Sender | null =>
    frame && { url: frame.url, isMainFrame: frame === window.webContents.mainFrame };
  routeCalls(
    (channel, answer) => ipcMain.handle(channel, ({ senderFrame }, input) => answer(senderOf(senderFrame), input)),
    handlers,
    log,
    unexpected,
  );
  const given = answerGivenPacks(givenPack, log);
  ipcMain.handle(GIVEN_PACK_CHANNEL, ({ senderFrame }, path) => given(senderOf(senderFrame), path));
}

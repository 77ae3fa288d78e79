// The window of the app, and what its pages may fetch.
import { app, type BrowserWindow, session as electronSession } from "electron";
import { url as inspectorAddress } from "node:inspector";
import { join } from "node:path";
import { APP_SCHEME, MEDIA_SCHEME } from "../../src-shared/ipc/index.ts";
import { answerAppRequest, hardenSession, openMainWindow } from "../windows/index.ts";

/** Opens the window. Its session is kept in memory, so that nothing of what was watched is cached on disk. */
export function openAppWindow(answerMedia: (request: Request) => Promise<Response>): BrowserWindow {
  const viewer = electronSession.fromPartition("viewer");
  // Otherwise each of them asks Google for a dictionary at every start, whatever the window says about spelling.
  for (const one of [viewer, electronSession.defaultSession]) one.setSpellCheckerLanguages([]);
  hardenSession(viewer);
  viewer.protocol.handle(APP_SCHEME, (request) =>
    answerAppRequest(request, join(import.meta.dirname, "..", "renderer")),
  );
  viewer.protocol.handle(MEDIA_SCHEME, (request) =>
    BUILD_RELEASE && isDebugged(window) ? new Response(null, { status: 403 }) : answerMedia(request),
  );
  const window = openMainWindow({
    session: viewer,
    preload: join(import.meta.dirname, "..", "preload", "preload.cjs"),
    devTools: !BUILD_RELEASE,
  });
  return window;
}

/** Whether a debugger is attached, or can attach, that reads what the page gets: Chromium's, or Node's by a signal. */
function isDebugged({ webContents }: BrowserWindow): boolean {
  return inspectorAddress() !== undefined || webContents.debugger.isAttached() || webContents.isDevToolsOpened();
}

/** Starting the app a second time brings its window to the front. */
export function focusOnSecondInstance(window: BrowserWindow): void {
  app.on("second-instance", () => {
    if (window.isMinimized()) window.restore();
    window.focus();
  });
}

import { BrowserWindow, nativeTheme, type Session } from "electron";
import { APP_ORIGIN } from "../../src-shared/ipc/index.ts";

/** The one window: sandboxed, isolated, without Node, and without developer tools in a release. */
export function openMainWindow(options: { session: Session; preload: string; devTools: boolean }): BrowserWindow {
  const window = new BrowserWindow({
    width: 1280,
    height: 800,
    minWidth: 640,
    minHeight: 480,
    show: false,
    title: "USB Video Vault",
    backgroundColor: nativeTheme.shouldUseDarkColors ? "#101216" : "#f7f7f5",
    autoHideMenuBar: true,
    webPreferences: {
      session: options.session,
      preload: options.preload,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      // `audioTracks`: a film may have its sound in several languages.
      enableBlinkFeatures: "AudioVideoTracks",
      webviewTag: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      spellcheck: false,
      devTools: options.devTools,
    },
  });
  window.once("ready-to-show", () => window.show());
  void window.loadURL(`${APP_ORIGIN}/index.html`);
  return window;
}

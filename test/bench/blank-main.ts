// The smallest Electron program with a window, blank or with a clear film. The app is compared with it.
// argv: the film's path, or nothing.
import { app, BrowserWindow } from "electron";
import { pathToFileURL } from "node:url";

const film = process.argv.at(-1)?.endsWith(".mp4") ? process.argv.at(-1) : undefined;

void app.whenReady().then(run);

function run(): void {
  const window = new BrowserWindow({ width: 1280, height: 800 });
  // Chromium's own media document: it contains only the film.
  void window.loadURL(film === undefined ? "data:text/html,<body data-screen=blank>blank" : pathToFileURL(film).href);
}
app.on("window-all-closed", () => app.quit());

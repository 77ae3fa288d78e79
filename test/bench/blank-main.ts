// The smallest Electron program with a window: what the app's start and memory are compared with.
import { app, BrowserWindow } from "electron";

void app.whenReady().then(run);

function run(): void {
  const window = new BrowserWindow({ width: 1280, height: 800 });
  void window.loadURL("data:text/html,<body data-screen=blank>blank");
}
app.on("window-all-closed", () => app.quit());

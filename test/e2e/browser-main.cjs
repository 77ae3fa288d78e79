// A plain browser window with one address, as people use it: no preload, no privileges.
const { app, BrowserWindow } = require("electron");

app.on("ready", () => {
  const window = new BrowserWindow({ width: 1280, height: 800, webPreferences: { sandbox: true } });
  void window.loadURL(process.env["BROWSE_TO"]);
});
app.on("window-all-closed", () => app.quit());

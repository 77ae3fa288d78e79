// What must be set up before Electron is ready.
import { app, crashReporter, protocol } from "electron";
import { join } from "node:path";
import { APP_SCHEME, MEDIA_SCHEME } from "../../src-shared/ipc/index.ts";
import { endBecauseOf } from "./data-folder.ts";
import { problemWith } from "./folder-problem.ts";
import { keepHeapsSmall } from "./small-heaps.ts";
import { hardenContents } from "../windows/index.ts";

/**
 * Sets the app's name, limits its heaps, keeps its dumps local and hardens its contents; allows one instance. False if
 * this one ends: another is running, or its folder cannot be written to.
 */
export function prepareApp(): boolean {
  keepHeapsSmall((name, value) => app.commandLine.appendSwitch(name, value));
  app.setName("USB Video Vault");
  // A folder name without spaces, where log collectors look. A development build also accepts `--user-data-dir`.
  if (!app.commandLine.hasSwitch("user-data-dir"))
    app.setPath("userData", join(app.getPath("appData"), "usb-video-vault"));
  // Minidumps stay on this computer; the person decides whether to hand them over.
  crashReporter.start({ uploadToServer: false });
  if (!app.requestSingleInstanceLock()) {
    const folder = app.getPath("userData");
    const problem = problemWith(folder);
    if (!problem) app.exit(0);
    else void endBecauseOf(problem, folder);
    return false;
  }

  protocol.registerSchemesAsPrivileged([
    { scheme: APP_SCHEME, privileges: { standard: true, secure: true } },
    { scheme: MEDIA_SCHEME, privileges: { standard: true, secure: true, stream: true, corsEnabled: true } },
  ]);
  hardenContents();
  return true;
}

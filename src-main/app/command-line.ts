import { app, dialog } from "electron";
import { refusedSwitch } from "./allowed-switches.ts";

/**
 * Ends a release that was started with a switch that it does not know, before anything else happens: Chromium's and
 * Node's switches would open the page to a debugger, or turn its protections off. Imported first by `main.ts`; fuses,
 * which refuse some of them as well, are not relied on.
 */
export function refuseUnknownSwitches(): void {
  if (!BUILD_RELEASE) return;
  const isAppImage = process.env["APPIMAGE"] !== undefined;
  const refused = refusedSwitch(process.argv.slice(1), { platform: process.platform, isAppImage });
  if (refused === undefined) return;
  // Electron knows the person's languages only later, so the message is in all of ours.
  const shown = JSON.stringify(refused.slice(0, 80));
  dialog.showErrorBox(
    "USB Video Vault: OPTION_REFUSED",
    `The option ${shown} is not accepted. Start the app without it.\n` +
      `L’option ${shown} n’est pas acceptée. Démarrez l’application sans elle.`,
  );
  // Not `app.quit()`: nothing else of the app may run.
  app.exit(1);
}

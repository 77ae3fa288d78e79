import { app, dialog } from "electron";
import { stopCoverage } from "node:v8";
import { refusedSwitch, WITHOUT_VARIABLES } from "./allowed-switches.ts";
import { unwantedVariables } from "./unwanted-variables.ts";

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
  end(
    "OPTION_REFUSED",
    `The option ${shown} is not accepted. Start the app without it.\n` +
      `L’option ${shown} n’est pas acceptée. Démarrez l’application sans elle.`,
  );
}

/**
 * Starts a release again without the variables that turn off a protection or write down what it does. Electron and
 * Chromium have already obeyed some of them, so removing them here would be too late for this process.
 */
export function leaveUnwantedVariables(): void {
  if (!BUILD_RELEASE) return;
  const unwanted = unwantedVariables(process.env);
  if (unwanted.length === 0) return;
  const args = process.argv.slice(1);
  if (args.includes(WITHOUT_VARIABLES)) {
    const names = unwanted.join(", ");
    return end(
      "VARIABLE_REFUSED",
      `Start the app without ${names} in its environment.\nDémarrez l’application sans ${names} dans son environnement.`,
    );
  }
  // Otherwise Node writes its report when this process ends.
  stopCoverage();
  for (const name of unwanted) delete process.env[name];
  // The mounted files of an AppImage are gone when its process ends.
  app.relaunch({ args: [WITHOUT_VARIABLES, ...args], execPath: process.env["APPIMAGE"] ?? process.execPath });
  app.exit(0);
}

function end(code: string, text: string): void {
  dialog.showErrorBox(`USB Video Vault: ${code}`, text);
  // Not `app.quit()`: nothing else of the app may run.
  app.exit(1);
}

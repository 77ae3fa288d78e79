import { app } from "electron";
import { LINK_SCHEME } from "../../src-shared/license/index.ts";
import { type Incoming, incomingOf } from "./incoming.ts";

/** Links and files that the system hands over, in the order in which they came. */
export type SystemLinks = {
  /** Calls the listener with the latest one that came before, and with each one from now on. */
  readonly subscribe: (listener: (incoming: Incoming) => void) => void;
};

/**
 * Listens from the first moment on: macOS says what the app was opened with before it is ready. On Windows and Linux it
 * stands on the command line, of this process or of a second one that hands it over and ends.
 */
export function listenToSystemLinks(): SystemLinks {
  let notify: ((incoming: Incoming) => void) | undefined;
  let first = incomingOf(process.argv, process.cwd());

  function receive(incoming: Incoming | undefined): void {
    if (!incoming) return;
    if (notify) notify(incoming);
    else first = incoming;
  }

  app.on("open-url", (event, url) => {
    event.preventDefault();
    receive({ kind: "link", url });
  });
  app.on("open-file", (event, path) => {
    event.preventDefault();
    receive({ kind: "file", path });
  });
  app.on("second-instance", (_event, argv, workingFolder) => receive(incomingOf(argv, workingFolder)));
  // Not while developing: Electron itself would be registered, without this app. What follows "--" is never a switch.
  if (app.isPackaged) app.setAsDefaultProtocolClient(LINK_SCHEME, process.execPath, ["--"]);

  return {
    subscribe(listener) {
      notify = listener;
      receive(first);
      first = undefined;
    },
  };
}

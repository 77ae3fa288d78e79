import { app } from "electron";
import { LINK_SCHEME } from "../../src-shared/license/index.ts";
import { fileOf, type Incoming, incomingOf, programForLinks } from "./incoming.ts";

/** Links and files that the system passes to the app, in the order of their arrival. */
export type SystemLinks = {
  /** Calls the listener with the latest one that arrived before, and with each later one. */
  readonly subscribe: (listener: (incoming: Incoming) => void) => void;
};

/**
 * Listens from the very start: macOS reports what the app was opened with before it is ready. On Windows and Linux the
 * link is on the command line, of this process or of a second one that passes it on and ends.
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
    receive(fileOf(path));
  });
  app.on("second-instance", (_event, argv, workingFolder) => receive(incomingOf(argv, workingFolder)));
  // Not in development: Electron itself would be registered, without this app. What follows "--" is never an option.
  const program = programForLinks(process.env, process.execPath, process.platform);
  if (app.isPackaged) app.setAsDefaultProtocolClient(LINK_SCHEME, program, ["--"]);

  return {
    subscribe(listener) {
      notify = listener;
      receive(first);
      first = undefined;
    },
  };
}

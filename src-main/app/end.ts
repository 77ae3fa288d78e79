// Ends the app: first closes handles and writes the history, then exits at once.
import { app } from "electron";
import type { Milliseconds } from "../../src-shared/units.ts";

/** A stick that no longer answers must not keep the app from ending. */
const CLOSE_TIMEOUT_MS: Milliseconds = 3_000;

export type EndPorts = {
  readonly closing: AbortController;
  /** Closes what is open. */
  readonly close: () => Promise<unknown>;
  readonly flushLog: () => Promise<void>;
  readonly isKeychainWaiting: () => boolean;
};

export function endApp({ closing, close, flushLog, isKeychainWaiting }: EndPorts): void {
  app.on("window-all-closed", () => app.quit());
  app.on("before-quit", () => closing.abort());
  app.on("will-quit", (event) => {
    event.preventDefault();
    const tooLong = setTimeout(end, CLOSE_TIMEOUT_MS);
    void close()
      .then(flushLog, flushLog)
      .finally(() => {
        clearTimeout(tooLong);
        end();
      });
  });

  // A keychain that waits for its password would block an ordinary exit. Everything has been written at this point.
  function end(): void {
    if (isKeychainWaiting()) process.kill(process.pid, "SIGKILL");
    app.exit(0);
  }
}

import type { Socket } from "node:net";
import type { Milliseconds } from "../../../src-shared/units.ts";

type Waiting = { readonly socket: Pick<Socket, "destroyed">; readonly start: () => void };

/**
 * Starts requests one after the other, with a pause between them. Each of a dozen queries for one batch waits for what the
 * event loop does in between, so strangers that are served as fast as they send would hold up everybody else.
 */
export function createPacedQueue(pauseMs: Milliseconds) {
  const waiting: Waiting[] = [];
  let isRunning = false;

  async function run(): Promise<void> {
    isRunning = true;
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      next.start();
      // A sender that has gone takes no time from those behind it.
      if (!next.socket.destroyed) await new Promise((end) => setTimeout(end, pauseMs));
    }
    isRunning = false;
  }

  return {
    /** Resolves when it is the turn of a request of this connection. */
    turn: (socket: Waiting["socket"]) =>
      new Promise<void>((start) => {
        waiting.push({ socket, start });
        if (!isRunning) void run();
      }),
  };
}

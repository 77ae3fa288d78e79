import type { Milliseconds } from "../../../src-shared/units.ts";
import type { Attempt } from "../../failure.ts";
import { storageProblemOf } from "../store/index.ts";

export type WatchLoopPorts = {
  readonly evaluate: () => Promise<Attempt<unknown>>;
  readonly everyMs: Milliseconds;
  /** The delay after new events: much shorter than `everyMs`, so that a bad release is halted soon. */
  readonly soonMs: Milliseconds;
  readonly note: (event: string, fields: Readonly<Record<string, string>>) => void;
  /** Called with an error that only a bug explains. */
  readonly report: (error: unknown) => void;
};

/** Evaluates the rings at regular intervals, and soon after new events arrive. Only one evaluation runs at a time. */
export function startWatchLoop({ evaluate, everyMs, soonMs, note, report }: WatchLoopPorts) {
  let running: Promise<void> | undefined;
  let soon: NodeJS.Timeout | undefined;
  let isStopped = false;

  async function runOnce(): Promise<void> {
    try {
      const assessed = await evaluate();
      if (!assessed.ok) note("watch.failed", { code: assessed.error.code });
    } catch (error) {
      // The loop continues after any error: the next evaluation may succeed, and a server that ends receives nothing.
      const problem = storageProblemOf(error);
      if (problem) note("watch.failed", { code: problem });
      else report(error);
    }
  }

  function runNow(): void {
    if (isStopped) return;
    // Events that arrive during an evaluation may be too late for it.
    if (running) return requestSoon();
    running = runOnce().finally(() => void (running = undefined));
  }

  function requestSoon(): void {
    soon ??= setTimeout(() => {
      soon = undefined;
      runNow();
    }, soonMs);
  }

  const timer = setInterval(runNow, everyMs);
  runNow();
  return {
    requestSoon,
    async stop(): Promise<void> {
      isStopped = true;
      clearInterval(timer);
      clearTimeout(soon);
      await running;
    },
  };
}
export type WatchLoop = ReturnType<typeof startWatchLoop>;

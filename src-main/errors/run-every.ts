import type { Milliseconds } from "../../src-shared/units.ts";

export type Interval = { readonly firstMs: Milliseconds; readonly everyMs: Milliseconds };

/** Runs a task repeatedly until the signal aborts. A run that fails does not stop the following ones. */
export function runEvery(
  task: () => Promise<void>,
  { firstMs, everyMs }: Interval,
  failed: (thrown: unknown) => void,
  signal: AbortSignal,
): void {
  const run = () => void task().catch(failed);
  const first = setTimeout(run, firstMs);
  const timer = setInterval(run, everyMs);
  signal.addEventListener("abort", () => (clearTimeout(first), clearInterval(timer)), { once: true });
}

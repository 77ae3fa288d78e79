import type { Milliseconds } from "../../src-shared/units.ts";

export type Interval = { readonly firstMs: Milliseconds; readonly everyMs: Milliseconds };

/** Runs a task again and again until the signal ends it. A run that fails does not stop the next one. */
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

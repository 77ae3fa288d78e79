import { setTimeout as wait } from "node:timers/promises";

type Series = { readonly metric: Readonly<Record<string, string>>; readonly value: readonly [number, string] };
type Answer = {
  readonly status: string;
  readonly error?: string;
  readonly data: { readonly result: readonly Series[] };
};

/**
 * The current result of an expression in a real Prometheus. Throws Prometheus's error message for an invalid
 * expression.
 */
export async function queryPrometheus(url: string, expr: string): Promise<readonly Series[]> {
  const answer = await fetch(`${url}/api/v1/query?query=${encodeURIComponent(expr)}`);
  const { status, error, data } = (await answer.json()) as Answer;
  if (status !== "success") throw new Error(`${expr}: ${error}`);
  return data.result;
}

/** Repeats the check until it is true, for at most thirty seconds. */
export async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + 30_000;
  while (!(await isSo())) {
    if (performance.now() > end) throw new Error(`timed out waiting for: ${what}`);
    await wait(100);
  }
}

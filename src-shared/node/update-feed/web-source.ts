import { err, ok, type Result } from "../../result.ts";
import { type Bytes, KIB } from "../../units.ts";
import type { FeedSource, FetchError, Sink } from "./feed-source.ts";

const MAX_REDIRECTS = 3;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);
// 403 too: object stores answer it for absent files (TUF 5.3.3 requests the next root until there is none).
const ABSENT_STATUSES = new Set([403, 404, 410]);

/** A server may be silent for `graceMs` at first; after that it must have sent this many bytes for each second. */
export type TimeLimits = { readonly graceMs: number; readonly bytesPerSecond: Bytes };
const DEFAULT_TIME_LIMITS: TimeLimits = { graceMs: 30_000, bytesPerSecond: 4 * KIB };

export type WebSourceOptions = {
  readonly metadataUrl: string;
  readonly targetsUrl: string;
  /** Plain http, only on 127.0.0.1. */
  readonly isLoopbackAllowed: boolean;
  readonly fetch?: typeof globalThis.fetch;
  readonly timeLimits?: TimeLimits;
};

/** A feed on a web server. `INSECURE`: an address that is neither https nor an allowed loopback. */
export function openWebSource({
  fetch = globalThis.fetch,
  timeLimits = DEFAULT_TIME_LIMITS,
  ...addresses
}: WebSourceOptions): Result<FeedSource, "INSECURE"> {
  const { metadataUrl, targetsUrl, isLoopbackAllowed } = addresses;
  if (![metadataUrl, targetsUrl].every((url) => isSecure(url, isLoopbackAllowed))) return err("INSECURE");
  return ok({
    metadataUrl,
    targetsUrl,
    async read(url, maxBytes, sink, signal) {
      const watch = watchPace(timeLimits, signal);
      try {
        const response = await follow(fetch, url, watch.signal);
        return response.ok ? await drain(response.value, maxBytes, sink, watch.count) : response;
      } catch (error) {
        const failure = failureOf(error, watch.signal, signal);
        if (!failure) throw error;
        return err(failure);
      } finally {
        watch.stop();
      }
    },
  });
}

function isSecure(text: string, isLoopbackAllowed: boolean): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, username, password } = new URL(text);
  if (username !== "" || password !== "") return false;
  return protocol === "https:" || (isLoopbackAllowed && protocol === "http:" && hostname === "127.0.0.1");
}

/** Follows redirects itself: only on the same origin, and only a few. */
async function follow(
  fetch: typeof globalThis.fetch,
  from: URL,
  signal: AbortSignal,
): Promise<Result<Response, FetchError>> {
  let url = from;
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
    const headers = { "accept-encoding": "identity", "cache-control": "no-cache" };
    const response = await fetch(url.href, { redirect: "manual", headers, signal });
    if (!REDIRECTS.has(response.status)) return judge(response);
    await response.body?.cancel();
    const location = response.headers.get("location");
    if (location === null || !URL.canParse(location, url.href)) return err("REDIRECTED");
    url = new URL(location, url);
    if (url.origin !== from.origin) return err("REDIRECTED");
  }
  return err("REDIRECTED");
}

async function judge(response: Response): Promise<Result<Response, FetchError>> {
  if (response.status === 200) return ok(response);
  await response.body?.cancel();
  return err(ABSENT_STATUSES.has(response.status) ? "NOT_FOUND" : "UNREACHABLE");
}

async function drain(
  response: Response,
  maxBytes: Bytes,
  sink: Sink,
  count: (bytes: Bytes) => void,
): Promise<Result<Bytes, FetchError>> {
  let total = 0;
  // Leaving the loop cancels the body, and with it the connection.
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    total += chunk.length;
    if (total > maxBytes) return err("TOO_LARGE");
    count(chunk.length);
    await sink(chunk);
  }
  return ok(total);
}

// The allowed time grows with the bytes received: neither silence nor very slow sending can block the reader.
function watchPace({ graceMs, bytesPerSecond }: TimeLimits, outer: AbortSignal) {
  const tooSlow = new AbortController();
  const started = performance.now();
  let received = 0;
  let timer = setTimeout(() => tooSlow.abort(), graceMs);
  return {
    signal: AbortSignal.any([outer, tooSlow.signal]),
    count: (bytes: Bytes) => {
      received += bytes;
      clearTimeout(timer);
      const allowedMs = graceMs + (received * 1000) / bytesPerSecond;
      const leftMs = Math.min(graceMs, started + allowedMs - performance.now());
      timer = setTimeout(() => tooSlow.abort(), Math.max(0, leftMs));
    },
    stop: () => clearTimeout(timer),
  };
}

/** The code of a failed request; `undefined` if the sink failed and not the network. */
function failureOf(error: unknown, inner: AbortSignal, outer: AbortSignal): FetchError | undefined {
  if (outer.aborted) return "CANCELLED";
  if (inner.aborted) return "TOO_SLOW";
  // `fetch` reports every network failure as a TypeError.
  return error instanceof TypeError ? "UNREACHABLE" : undefined;
}

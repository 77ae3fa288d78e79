import { looksLikeWebPage, WEB_PAGE_START } from "../../network.ts";
import { err, ok, type Result } from "../../result.ts";
import { type Bytes, KIB } from "../../units.ts";
import { type HttpClient, type HttpRequest, type HttpResponse, NetworkFailure } from "../http-client.ts";
import type { FeedSource, FetchError, Sink } from "./feed-source.ts";

const MAX_REDIRECTS = 3;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);
const TEMPORARY_REDIRECTS = new Set([302, 303, 307]);
const NETWORK_AUTHENTICATION_REQUIRED = 511;
// 403 too: object stores answer it for absent files (TUF 5.3.3 requests the next root until there is none).
const ABSENT_STATUSES = new Set([403, 404, 410]);

type Headers = HttpRequest["headers"];
const HEADERS: Headers = { "accept-encoding": "identity", "cache-control": "max-age=0" };
// `Pragma` for the caches that know only HTTP/1.0 (RFC 9111 section 5.4).
const PAST_CACHES: Headers = { "cache-control": "no-cache", pragma: "no-cache" };

/** A server may be silent for `graceMs` at first; after that it must have sent this many bytes for each second. */
export type TimeLimits = { readonly graceMs: number; readonly bytesPerSecond: Bytes };
const DEFAULT_TIME_LIMITS: TimeLimits = { graceMs: 30_000, bytesPerSecond: 4 * KIB };

export type WebSourceOptions = {
  readonly metadataUrl: string;
  readonly targetsUrl: string;
  /** Plain http, only on 127.0.0.1. */
  readonly isLoopbackAllowed: boolean;
  readonly http: HttpClient;
  readonly timeLimits?: TimeLimits;
};

/** A feed on a web server. `INSECURE`: an address that is neither https nor an allowed loopback. */
export function openWebSource({
  http,
  timeLimits = DEFAULT_TIME_LIMITS,
  ...addresses
}: WebSourceOptions): Result<FeedSource, "INSECURE"> {
  const { metadataUrl, targetsUrl, isLoopbackAllowed } = addresses;
  if (![metadataUrl, targetsUrl].every((url) => isSecure(url, isLoopbackAllowed))) return err("INSECURE");
  const source = (more: Headers): FeedSource => ({
    metadataUrl,
    targetsUrl,
    async read(url, maxBytes, sink, signal) {
      const watch = watchPace(timeLimits, signal);
      try {
        const response = await follow(http, url, { ...HEADERS, ...more }, watch.signal);
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
  return ok({ ...source({}), pastCaches: source(PAST_CACHES) });
}

function isSecure(text: string, isLoopbackAllowed: boolean): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, username, password } = new URL(text);
  if (username !== "" || password !== "") return false;
  return protocol === "https:" || (isLoopbackAllowed && protocol === "http:" && hostname === "127.0.0.1");
}

/** Follows redirects itself: only on the same origin, and only a few. */
async function follow(
  http: HttpClient,
  from: URL,
  headers: Headers,
  signal: AbortSignal,
): Promise<Result<HttpResponse, FetchError>> {
  let url = from;
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
    const response = await http({ method: "GET", url: url.href, headers, signal });
    if (!REDIRECTS.has(response.status)) return judge(response);
    response.discard();
    const location = response.header("location");
    if (location === undefined || !URL.canParse(location, url.href)) return err("REDIRECTED");
    url = new URL(location, url);
    if (url.origin === from.origin) continue;
    // A network that wants a sign-in leads to its own page for now; a server that moved says that it is for ever.
    const isToWebPage = url.protocol === "https:" || url.protocol === "http:";
    return err(isToWebPage && TEMPORARY_REDIRECTS.has(response.status) ? "SIGN_IN_NEEDED" : "REDIRECTED");
  }
  return err("REDIRECTED");
}

function judge(response: HttpResponse): Result<HttpResponse, FetchError> {
  if (response.status === 200) return ok(response);
  response.discard();
  if (response.status === NETWORK_AUTHENTICATION_REQUIRED) return err("SIGN_IN_NEEDED");
  return err(ABSENT_STATUSES.has(response.status) ? "NOT_FOUND" : "UNREACHABLE");
}

async function drain(
  response: HttpResponse,
  maxBytes: Bytes,
  sink: Sink,
  count: (bytes: Bytes) => void,
): Promise<Result<Bytes, FetchError>> {
  let total = 0;
  let start = Buffer.alloc(0);
  // Leaving the loop closes the connection.
  for await (const chunk of response.body) {
    // The start of a page may come in several pieces, and it may be longer than what was expected.
    if (start.length < WEB_PAGE_START) {
      start = Buffer.concat([start, chunk.subarray(0, WEB_PAGE_START)]);
      if (looksLikeWebPage(start)) return err("SIGN_IN_NEEDED");
    }
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
  return error instanceof NetworkFailure ? error.code : undefined;
}

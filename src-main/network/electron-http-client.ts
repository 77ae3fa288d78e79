// oxlint-disable-next-line no-restricted-imports -- this is the way to the network that all others use
import { type ClientRequest, type IncomingMessage, net, session, type Session } from "electron";
import type { Readable } from "node:stream";
import { type HttpClient, type HttpResponse, NetworkFailure } from "../../src-shared/node/http-client.ts";
import type { NetworkError } from "../../src-shared/network.ts";
import { failureCode } from "./failure-code.ts";

const USER_AGENT = "usb-video-vault";
const PROXY_AUTHENTICATION_REQUIRED = 407;

/** The session of all requests: in memory, without a cache, and with the proxy and the certificates of the system. */
export function openNetworkSession(): Session {
  const opened = session.fromPartition("network", { cache: false });
  // Otherwise it asks Google for a dictionary.
  opened.setSpellCheckerLanguages([]);
  // Chromium's own words tell servers and proxies the system and the language of the person.
  opened.setUserAgent(USER_AGENT, "en");
  return opened;
}

/**
 * The network by Electron's `net`: nothing else of the app opens connections to other computers. The session is opened by
 * the first request: the app's start does not wait for it.
 */
export function createElectronHttpClient(openSession: () => Session): HttpClient {
  let opened: Session | undefined;
  return async ({ url, method, headers, body, signal }) => {
    if (signal.aborted) throw new NetworkFailure("UNREACHABLE");
    opened ??= openSession();
    const request = net.request({
      session: opened,
      url,
      method,
      headers: { ...headers },
      redirect: "manual",
      credentials: "omit",
      cache: "no-store",
    });
    const stop = new AbortController();
    // Its "close" event comes as soon as the request is sent, so it says nothing about the response.
    signal.addEventListener("abort", () => request.abort(), { once: true, signal: stop.signal });
    try {
      return await new Promise((resolve, reject) => {
        listen(request, signal, resolve, (code) => reject(new NetworkFailure(code)));
        request.end(body && Buffer.from(body));
      });
    } finally {
      stop.abort();
    }
  };
}

function listen(
  request: ClientRequest,
  signal: AbortSignal,
  resolve: (response: HttpResponse) => void,
  fail: (code: NetworkError) => void,
): void {
  let wasLoginDemanded = false;
  // Without an answer to this event the request would wait for ever. The system's own login of a person to the proxy
  // has been tried before.
  request.on("login", ({ isProxy }, answer) => {
    wasLoginDemanded ||= isProxy;
    answer();
  });
  // A redirect that is not followed at once is cancelled.
  request.on("redirect", (status, _method, location) => resolve(redirectTo(status, location)));
  request.on("response", (incoming) => {
    const response = responseOf(incoming, request, signal);
    if (response.status !== PROXY_AUTHENTICATION_REQUIRED) return resolve(response);
    response.discard();
    fail("PROXY_LOGIN");
  });
  request.on("abort", () => fail("UNREACHABLE"));
  request.on("error", ({ message }) => fail(failureCode(message, wasLoginDemanded)));
}

function redirectTo(status: number, location: string): HttpResponse {
  return {
    status,
    header: (name) => (name.toLowerCase() === "location" ? location : undefined),
    body: noBytes(),
    discard: () => undefined,
  };
}

async function* noBytes(): AsyncIterable<Uint8Array> {}

type Aborted = { readonly abort: () => void };

function responseOf(incoming: IncomingMessage, request: Aborted, signal: AbortSignal): HttpResponse {
  const stop = () => discard(incoming, request);
  signal.addEventListener("abort", stop, { once: true });
  const end = () => {
    signal.removeEventListener("abort", stop);
    stop();
  };
  // A body that nobody reads may break off too.
  incoming.on("error", () => undefined);
  return {
    status: incoming.statusCode,
    header: (name) => [incoming.headers[name.toLowerCase()] ?? []].flat()[0],
    body: bodyOf(incoming, end),
    discard: end,
  };
}

async function* bodyOf(incoming: IncomingMessage, end: () => void): AsyncIterable<Uint8Array> {
  try {
    yield* asStream(incoming);
  } catch {
    throw new NetworkFailure("UNREACHABLE");
  } finally {
    end();
  }
}

/** Closes the connection. Electron's abort alone would leave a reader of the body waiting. */
function discard(incoming: IncomingMessage, request: Aborted): void {
  request.abort();
  asStream(incoming).destroy();
}

// Electron's types do not say that it is one.
function asStream(incoming: IncomingMessage): Readable & AsyncIterable<Buffer> {
  return incoming as unknown as Readable & AsyncIterable<Buffer>;
}

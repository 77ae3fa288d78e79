import type { NetworkError } from "../network.ts";

/** Why a request got no response, or only a part of it. */
export class NetworkFailure extends Error {
  readonly code: NetworkError;

  constructor(code: NetworkError) {
    super(code);
    this.name = "NetworkFailure";
    this.code = code;
  }
}

export type HttpRequest = {
  readonly method: "GET" | "POST";
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array<ArrayBuffer>;
  readonly signal: AbortSignal;
};

/** Attacker-controlled, as everything that comes from the network. */
export type HttpResponse = {
  readonly status: number;
  readonly header: (name: string) => string | undefined;
  /** Read it once, or discard it. Leaving it early closes the connection; it throws `NetworkFailure` if it breaks off. */
  readonly body: AsyncIterable<Uint8Array>;
  readonly discard: () => void;
};

/**
 * The only way to the network: one request and its response. Follows no redirect, sends no cookie and no credentials,
 * and uses no cache.
 * @throws NetworkFailure if there is no response, or the signal aborts
 */
export type HttpClient = (request: HttpRequest) => Promise<HttpResponse>;

import { type Bytes, KIB, type Milliseconds } from "../../src-shared/units.ts";
import type { PostPort } from "./ports.ts";

const MAX_RESPONSE_BYTES: Bytes = 64 * KIB;
const TIMEOUT_MS: Milliseconds = 30_000;

/** Sends a `POST` by `fetch`: follows no redirect, sends no cookie, and waits at most 30 seconds for the response. */
export function createFetchPost(
  fetch: (url: string, init: RequestInit) => Promise<Response>,
  timeoutMs = TIMEOUT_MS,
): PostPort {
  return async ({ url, body, headers, signal }) => {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
    try {
      const response = await fetch(url, {
        method: "POST",
        body,
        headers,
        redirect: "manual",
        credentials: "omit",
        cache: "no-store",
        signal: limit,
      });
      const [retryAfter, date] = [response.headers.get("Retry-After"), response.headers.get("Date")];
      return { status: response.status, retryAfter, date, body: await readStart(response.body) };
    } catch {
      // Whatever failed on the way (name, connection, certificate, time): there is no response.
      return undefined;
    }
  };
}

/** The first bytes of an attacker-controlled response, limited in size, as far as they arrive. */
async function readStart(body: ReadableStream<Uint8Array> | null): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  try {
    for await (const chunk of body ?? []) {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes >= MAX_RESPONSE_BYTES) break;
    }
  } catch {
    // The status has arrived, which is all that matters; a body that breaks off does not change it.
  }
  return Buffer.concat(chunks).subarray(0, MAX_RESPONSE_BYTES);
}

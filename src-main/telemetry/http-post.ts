import { type HttpClient, NetworkFailure } from "../../src-shared/node/http-client.ts";
import { type Bytes, KIB, type Milliseconds } from "../../src-shared/units.ts";
import type { PostPort } from "./ports.ts";

const MAX_RESPONSE_BYTES: Bytes = 64 * KIB;
const TIMEOUT_MS: Milliseconds = 30_000;

/** Sends a `POST`, and waits at most 30 seconds for the response. A redirect is a response as any other. */
export function createHttpPost(http: HttpClient, timeoutMs = TIMEOUT_MS): PostPort {
  return async ({ url, body, headers, signal }) => {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
    try {
      const response = await http({ method: "POST", url, body, headers, signal: limit });
      const [retryAfter, date] = [response.header("retry-after") ?? null, response.header("date") ?? null];
      return { status: response.status, retryAfter, date, body: await readStart(response.body) };
    } catch (error) {
      if (!(error instanceof NetworkFailure)) throw error;
      // Whatever failed on the way (name, connection, proxy, certificate, time): there is no response.
      return undefined;
    }
  };
}

/** The first bytes of an attacker-controlled response, limited in size, as far as they arrive. */
async function readStart(body: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  try {
    for await (const chunk of body) {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes >= MAX_RESPONSE_BYTES) break;
    }
  } catch (error) {
    if (!(error instanceof NetworkFailure)) throw error;
    // The status has arrived, which is all that matters; a body that breaks off does not change it.
  }
  return Buffer.concat(chunks).subarray(0, MAX_RESPONSE_BYTES);
}

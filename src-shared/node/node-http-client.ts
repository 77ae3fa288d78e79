import { type HttpClient, NetworkFailure } from "./http-client.ts";

/** The network as Node offers it: for the tools of the publisher and for tests. The app uses Electron's. */
export const nodeHttpClient: HttpClient = async ({ url, method, headers, body, signal }) => {
  const response = await attempt(() =>
    fetch(url, { method, headers, redirect: "manual", signal, ...(body && { body }) }),
  );
  return {
    status: response.status,
    header: (name) => response.headers.get(name) ?? undefined,
    body: bodyOf(response),
    // A body that has already broken off need not be cancelled.
    discard: () => void response.body?.cancel().catch(() => undefined),
  };
};

async function* bodyOf(response: Response): AsyncIterable<Uint8Array> {
  const chunks = response.body?.values();
  if (!chunks) return;
  try {
    for (;;) {
      const next = await attempt(() => chunks.next());
      if (next.done) return;
      yield next.value;
    }
  } finally {
    await chunks.return?.();
  }
}

/** `fetch` reports every failure of the network as a TypeError, and an abort by the reason of its signal. */
async function attempt<T>(step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch {
    throw new NetworkFailure("UNREACHABLE");
  }
}

import { type HashThread, openHashThread } from "./hash-thread.ts";

/** Incremental SHA-256. `update` resolves when the caller may reuse the bytes. */
export type HashStream = { update(bytes: Uint8Array): Promise<void>; digest(): Promise<string> };

/** Hashes streams on another thread, in parallel with the encryption. */
export type Hasher = { open(): HashStream; close(): Promise<void> };

export function createHasher(): Hasher {
  const thread = openHashThread();
  let next = 0;
  return { open: () => openStream(thread, next++), close: () => thread.close() };
}

function openStream(thread: HashThread, stream: number): HashStream {
  return {
    update: async (bytes) => void (await thread.request({ kind: "update", stream, bytes })),
    async digest() {
      const response = await thread.request({ kind: "digest", stream });
      if (!response || "error" in response) throw new TypeError("the hashing thread returned no digest");
      return response.sha256;
    },
  };
}

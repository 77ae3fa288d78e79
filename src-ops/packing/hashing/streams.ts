import { type HashThread, startHashThread } from "./hash-thread.ts";

/** SHA-256 of bytes as they come. `update` settles when the bytes may be let go. */
export type HashStream = { update(bytes: Uint8Array): Promise<void>; digest(): Promise<string> };

/** Hashes streams on another thread, beside the one that seals them. */
export type Hasher = { open(): HashStream; close(): Promise<void> };

export function createHasher(): Hasher {
  const thread = startHashThread();
  let next = 0;
  return { open: () => openStream(thread, next++), close: () => thread.close() };
}

function openStream(thread: HashThread, stream: number): HashStream {
  return {
    update: async (bytes) => void (await thread.ask({ kind: "update", stream, bytes })),
    async digest() {
      const answer = await thread.ask({ kind: "digest", stream });
      if (!answer || "error" in answer) throw new TypeError("a digest was asked for");
      return answer.sha256;
    },
  };
}

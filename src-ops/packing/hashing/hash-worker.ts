import { createHash, type Hash } from "node:crypto";
import { readSync } from "node:fs";
import { parentPort } from "node:worker_threads";
import { toBase64url } from "../../../src-shared/encoding/base64url.ts";
import { codeOf } from "../../../src-shared/node/atomic-files.ts";
import { openPlainFile } from "../../../src-shared/node/plain-files.ts";
import { type Bytes, MIB } from "../../../src-shared/units.ts";

// SHA-256 on a separate thread. Every request gets one response, in the order of the requests.
export type HashRequest =
  | { readonly kind: "update"; readonly stream: number; readonly bytes: Uint8Array }
  | { readonly kind: "digest"; readonly stream: number }
  | { readonly kind: "file"; readonly path: string }
  /** Drops the streams that were not finished: the next user counts from the first again. */
  | { readonly kind: "forget" };

export type HashResponse = { readonly size: Bytes; readonly sha256: string } | { readonly error: string } | undefined;

const streams = new Map<number, { hash: Hash; size: Bytes }>();
const buffer = Buffer.allocUnsafeSlow(2 * MIB);

// After a failure nothing is answered any more, and the thread ends with its error: an answer would be taken for that of
// the request before.
let last: Promise<unknown> = Promise.resolve();

parentPort?.on("message", (request: HashRequest) => {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's port, not a window
  last = last.then(async () => parentPort?.postMessage(await respond(request)));
});

async function respond(request: HashRequest): Promise<HashResponse> {
  switch (request.kind) {
    case "update": {
      const state = streams.get(request.stream) ?? { hash: createHash("sha256"), size: 0 };
      state.hash.update(request.bytes);
      streams.set(request.stream, { hash: state.hash, size: state.size + request.bytes.length });
      return undefined;
    }
    case "digest": {
      const { hash, size } = streams.get(request.stream) ?? { hash: createHash("sha256"), size: 0 };
      streams.delete(request.stream);
      return { size, sha256: toBase64url(hash.digest()) };
    }
    case "file":
      return hashFile(request.path);
    case "forget":
      streams.clear();
      return undefined;
  }
}

// A stick is attacker-controlled: no link is followed, on any system.
async function hashFile(path: string): Promise<HashResponse> {
  try {
    const file = await openPlainFile(path);
    if (!file) return { error: "NOT_A_FILE" };
    const { handle } = file;
    try {
      const hash = createHash("sha256");
      let size = 0;
      for (let read = readSync(handle.fd, buffer); read > 0; read = readSync(handle.fd, buffer)) {
        hash.update(buffer.subarray(0, read));
        size += read;
      }
      return { size, sha256: toBase64url(hash.digest()) };
    } finally {
      await handle.close();
    }
  } catch (error) {
    const code = codeOf(error);
    if (code === "") throw error;
    return { error: code };
  }
}

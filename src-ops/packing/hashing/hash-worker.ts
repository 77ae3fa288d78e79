import { createHash, type Hash } from "node:crypto";
import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import { parentPort } from "node:worker_threads";
import { toBase64url } from "../../../src-shared/encoding/base64url.ts";
import { codeOf } from "../../../src-shared/node/atomic-files.ts";
import { type Bytes, MIB } from "../../../src-shared/units.ts";

// SHA-256 on a separate thread. Every request gets one response, in the order of the requests.
export type HashRequest =
  | { readonly kind: "update"; readonly stream: number; readonly bytes: Uint8Array }
  | { readonly kind: "digest"; readonly stream: number }
  | { readonly kind: "file"; readonly path: string };

export type HashResponse = { readonly size: Bytes; readonly sha256: string } | { readonly error: string } | undefined;

// The same flags as in the app: do not follow links, do not wait for pipes (a stick is attacker-controlled).
const FLAGS = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

const streams = new Map<number, { hash: Hash; size: Bytes }>();
const buffer = Buffer.allocUnsafeSlow(2 * MIB);

parentPort?.on("message", (request: HashRequest) => {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's port, not a window
  parentPort?.postMessage(respond(request));
});

function respond(request: HashRequest): HashResponse {
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
  }
}

function hashFile(path: string): HashResponse {
  try {
    const file = openSync(path, FLAGS);
    try {
      if (!fstatSync(file).isFile()) return { error: "NOT_A_FILE" };
      const hash = createHash("sha256");
      let size = 0;
      for (let read = readSync(file, buffer); read > 0; read = readSync(file, buffer)) {
        hash.update(buffer.subarray(0, read));
        size += read;
      }
      return { size, sha256: toBase64url(hash.digest()) };
    } finally {
      closeSync(file);
    }
  } catch (error) {
    const code = codeOf(error);
    if (code === "") throw error;
    return { error: code };
  }
}

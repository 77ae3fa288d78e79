import { createHash } from "node:crypto";
import { closeSync, openSync, readSync } from "node:fs";
import { parentPort } from "node:worker_threads";
import { toBase64url } from "../../src-shared/encoding/base64url.ts";
import { codeOf } from "../../src-shared/node/atomic-files.ts";
import { MIB } from "../../src-shared/units.ts";

// Hashes whole files on a thread of its own, so that reading back one part overlaps with writing the next.
export type HashAnswer =
  | { readonly path: string; readonly size: number; readonly sha256: string }
  | { readonly path: string; readonly error: string };

const buffer = Buffer.allocUnsafeSlow(2 * MIB);

// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's port, not a window
parentPort?.on("message", (path: string) => parentPort?.postMessage(hashFile(path)));

function hashFile(path: string): HashAnswer {
  try {
    const file = openSync(path, "r");
    try {
      const hash = createHash("sha256");
      let size = 0;
      for (let read = readSync(file, buffer); read > 0; read = readSync(file, buffer)) {
        hash.update(buffer.subarray(0, read));
        size += read;
      }
      return { path, size, sha256: toBase64url(hash.digest()) };
    } finally {
      closeSync(file);
    }
  } catch (error) {
    const code = codeOf(error);
    if (code === "") throw error;
    return { path, error: code };
  }
}

import { CHUNK_BYTES } from "../../src-shared/container/index.ts";
import type { FileError } from "../../src-shared/node/vault-reader.ts";
import type { Bytes } from "../../src-shared/units.ts";
import type { MediaSource } from "./media-reader.ts";

/** Four chunks per read: large enough to be fast, small enough not to delay a seek on USB 2 (docs/adr/0002). */
export const READ_BYTES = 4 * CHUNK_BYTES;

/**
 * Streams `start` to `end` (inclusive) of a source, reading only on demand. After the first read, the boundaries are
 * chunk boundaries, so that no chunk is decrypted twice.
 */
export function streamMedia(
  source: MediaSource,
  start: Bytes,
  end: Bytes,
  onFault: (error: FileError) => void,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  let at = start;
  // Set at once by cancel: a read in progress must not use the controller afterwards.
  let closed = false;
  return new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      async pull(controller) {
        const stop = Math.min(end + 1, (Math.floor(at / CHUNK_BYTES) + 1) * CHUNK_BYTES + READ_BYTES - CHUNK_BYTES);
        const clear = await source.read(at, stop - at);
        if (closed) return;
        if (!clear.ok) {
          closed = true;
          onFault(clear.error);
          controller.error(new Error(clear.error));
          return;
        }
        at = stop;
        controller.enqueue(clear.value);
        if (at > end) {
          closed = true;
          controller.close();
        }
      },
      cancel() {
        closed = true;
      },
    },
    { highWaterMark: 0 },
  );
}

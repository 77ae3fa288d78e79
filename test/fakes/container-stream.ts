import {
  chunkNonce,
  type ContainerError,
  HEADER_BYTES,
  SEALED_CHUNK_BYTES,
  TAG_BYTES,
} from "../../src-shared/container/index.ts";
import { concatBytes } from "../../src-shared/encoding/bytes.ts";
import { err, ok, type Result } from "../../src-shared/result.ts";
import { open } from "../../src-shared/node/aead.ts";
import { type ContainerKeys, openHeader } from "../../src-shared/node/container-keys.ts";

/**
 * Opens a container from its beginning to its end, as a reader without random access would, and yields each chunk as
 * soon as it authenticates. The first fault is the last value it yields; without one the container was complete.
 */
export async function* openContainerStream(
  sealed: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  inputKey: Uint8Array,
  context: Uint8Array,
): AsyncGenerator<Result<Uint8Array, ContainerError>, void, undefined> {
  let keys: ContainerKeys | undefined;
  let index = 0;
  let pending: Uint8Array = new Uint8Array(0);
  for await (const block of sealed) {
    pending = concatBytes(pending, block);
    if (!keys) {
      if (pending.length < HEADER_BYTES) continue;
      keys = openHeader(pending.subarray(0, HEADER_BYTES), inputKey, context);
      if (!keys) {
        yield err("WRONG_KEY");
        return;
      }
      pending = pending.slice(HEADER_BYTES);
    }
    let at = 0;
    for (; pending.length - at >= SEALED_CHUNK_BYTES; at += SEALED_CHUNK_BYTES) {
      const chunk = open(
        keys.cipherKey,
        chunkNonce(keys.baseNonce, index),
        pending.subarray(at, at + SEALED_CHUNK_BYTES),
      );
      if (!chunk) {
        yield err("DAMAGED");
        return;
      }
      index++;
      yield ok(chunk);
    }
    pending = pending.slice(at);
  }
  if (!keys || pending.length < TAG_BYTES) {
    yield err("TRUNCATED");
    return;
  }
  const last = open(keys.cipherKey, chunkNonce(keys.baseNonce, index), pending);
  yield last ? ok(last) : err("DAMAGED");
}

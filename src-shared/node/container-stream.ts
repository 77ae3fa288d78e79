import {
  chunkNonce,
  COMMITMENT_BYTES,
  type ContainerError,
  HEADER_BYTES,
  SALT_BYTES,
  SEALED_CHUNK_BYTES,
  TAG_BYTES,
} from "../container/index.ts";
import { concatBytes, equalBytes } from "../encoding/bytes.ts";
import { err, ok, type Result } from "../result.ts";
import { open } from "./aead.ts";
import { type ContainerKeys, deriveContainerKeys } from "./container-keys.ts";

/**
 * Opens a container from its beginning to its end, giving out each chunk as soon as it authenticates. The first fault
 * is the last thing it gives; without one the container was whole.
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

/** Checks the key commitment, before anything else is opened. `undefined`: another key, context or header. */
export function openHeader(header: Uint8Array, inputKey: Uint8Array, context: Uint8Array): ContainerKeys | undefined {
  const keys = deriveContainerKeys(inputKey, header.subarray(0, SALT_BYTES), context);
  const commitment = header.subarray(SALT_BYTES, SALT_BYTES + COMMITMENT_BYTES);
  return equalBytes(keys.commitment, commitment) ? keys : undefined;
}

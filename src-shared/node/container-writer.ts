import { CHUNK_BYTES, chunkNonce, SALT_BYTES, SEALED_CHUNK_BYTES } from "../container/index.ts";
import type { Bytes } from "../units.ts";
import { concatBytes } from "../encoding/bytes.ts";
import { seal, sealInto } from "./aead.ts";
import { type ContainerKeys, deriveContainerKeys } from "./container-keys.ts";

/**
 * Seals a plaintext of any length, block by block. The concatenated output blocks are the container: header, full
 * chunks, and one last chunk that is always shorter than 16 KiB.
 * @param allocate returns the buffer for each large block; a caller that reuses buffers saves memory and time
 * @param salt 24 random bytes, never used twice with one key unless the plaintext is the same
 */
export async function* sealContainer(
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  inputKey: Uint8Array,
  salt: Uint8Array,
  context: Uint8Array,
  allocate: (bytes: Bytes) => Buffer = (bytes) => Buffer.allocUnsafeSlow(bytes),
): AsyncGenerator<Uint8Array, void, undefined> {
  if (salt.length !== SALT_BYTES) throw new RangeError("a container salt is 24 bytes");
  const keys = deriveContainerKeys(inputKey, salt, context);
  yield concatBytes(salt, keys.commitment);
  let index = 0;
  let pending: Uint8Array = new Uint8Array(0);
  for await (const block of source) {
    const plaintext = pending.length > 0 ? concatBytes(pending, block) : block;
    const whole = plaintext.length - (plaintext.length % CHUNK_BYTES);
    if (whole > 0) yield sealChunks(plaintext.subarray(0, whole), keys, index, allocate);
    index += whole / CHUNK_BYTES;
    // Copied: the source may reuse its buffer.
    pending = plaintext.slice(whole);
  }
  yield seal(keys.cipherKey, chunkNonce(keys.baseNonce, index), pending);
}

// Into one buffer: joining one piece per chunk costs a third of the speed.
function sealChunks(
  plaintext: Uint8Array,
  keys: ContainerKeys,
  firstIndex: number,
  allocate: (bytes: Bytes) => Buffer,
): Buffer {
  const sealed = allocate((plaintext.length / CHUNK_BYTES) * SEALED_CHUNK_BYTES);
  let at = 0;
  for (let from = 0; from < plaintext.length; from += CHUNK_BYTES) {
    const nonce = chunkNonce(keys.baseNonce, firstIndex + from / CHUNK_BYTES);
    at += sealInto(sealed.subarray(at), keys.cipherKey, nonce, plaintext.subarray(from, from + CHUNK_BYTES));
  }
  return sealed;
}

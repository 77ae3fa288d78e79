import {
  CHUNK_BYTES,
  chunkNonce,
  chunkOffset,
  type ContainerError,
  HEADER_BYTES,
  plaintextSize,
  SEALED_CHUNK_BYTES,
  TAG_BYTES,
} from "../container/index.ts";
import { err, ok, type Result } from "../result.ts";
import type { Bytes } from "../units.ts";
import { open } from "./aead.ts";
import { type ContainerKeys, openHeader } from "./container-keys.ts";

/** Positional access to the sealed bytes, from any source. */
export type SealedSource<E> = {
  readonly size: Bytes;
  /**
   * Exactly `length` bytes from `offset`, or the reason why not. They may be written to `into`, whose size is at least
   * `length`.
   */
  read(offset: Bytes, length: Bytes, into?: Uint8Array): Promise<Result<Uint8Array, E>>;
};

/** Positional access to the clear bytes. Only authenticated bytes are returned. */
export type ContainerReader<E> = {
  /** The authenticated clear length. */
  readonly size: Bytes;
  /** Exactly `length` clear bytes from `offset`; the range must be inside the file. */
  read(offset: Bytes, length: Bytes): Promise<Result<Uint8Array, E | ContainerError>>;
};

/**
 * Opens a container for random access: checks the commitment, then authenticates its length by opening the last chunk.
 */
export async function openContainer<E>(
  sealed: SealedSource<E>,
  inputKey: Uint8Array,
  context: Uint8Array,
): Promise<Result<ContainerReader<E>, E | ContainerError>> {
  const size = plaintextSize(sealed.size);
  if (sealed.size < HEADER_BYTES) return err("TRUNCATED");
  const header = await sealed.read(0, HEADER_BYTES);
  if (!header.ok) return header;
  const keys = openHeader(header.value, inputKey, context);
  if (!keys) return err("WRONG_KEY");
  if (size === undefined) return err("TRUNCATED");
  const reader = readerOf(sealed, keys, size);
  const lastIndex = Math.floor(size / CHUNK_BYTES);
  const last = await reader.chunks(lastIndex, lastIndex);
  return last.ok ? ok(reader) : last;
}

function readerOf<E>(sealed: SealedSource<E>, keys: ContainerKeys, size: Bytes) {
  // Reused by the next read: allocating new memory for each read costs Electron more than decrypting it. While a read
  // uses it, a concurrent read allocates its own.
  let spare: Uint8Array | undefined;

  async function chunks(first: number, last: number): Promise<Result<Buffer, E | ContainerError>> {
    const start = chunkOffset(first);
    const length = Math.min(chunkOffset(last + 1), sealed.size) - start;
    const into = spare && spare.length >= length ? spare : new Uint8Array(length);
    spare = undefined;
    const block = await sealed.read(start, length, into);
    if (!block.ok) return block;
    const clear = openAll(block.value, length, first, last);
    spare = into;
    return clear;
  }

  function openAll(block: Uint8Array, length: Bytes, first: number, last: number): Result<Buffer, ContainerError> {
    // Into one buffer: joining the chunks afterwards would copy them all again.
    const clear = Buffer.allocUnsafeSlow(length - (last - first + 1) * TAG_BYTES);
    for (let index = first; index <= last; index++) {
      const at = (index - first) * SEALED_CHUNK_BYTES;
      const chunk = open(
        keys.cipherKey,
        chunkNonce(keys.baseNonce, index),
        block.subarray(at, at + SEALED_CHUNK_BYTES),
      );
      if (!chunk) return err("DAMAGED");
      clear.set(chunk, (index - first) * CHUNK_BYTES);
    }
    return ok(clear);
  }

  async function read(offset: Bytes, length: Bytes): Promise<Result<Uint8Array, E | ContainerError>> {
    if (!(offset >= 0 && length >= 0 && offset + length <= size)) throw new RangeError("range outside the file");
    if (length === 0) return ok(new Uint8Array(0));
    const first = Math.floor(offset / CHUNK_BYTES);
    const clear = await chunks(first, Math.floor((offset + length - 1) / CHUNK_BYTES));
    if (!clear.ok) return clear;
    const from = offset - first * CHUNK_BYTES;
    return ok(clear.value.subarray(from, from + length));
  }

  return { size, read, chunks };
}

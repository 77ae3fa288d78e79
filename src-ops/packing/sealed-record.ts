import { randomBytes } from "node:crypto";
import { SALT_BYTES } from "../../src-shared/container/index.ts";
import { ok } from "../../src-shared/result.ts";
import type { Bytes } from "../../src-shared/units.ts";
import { openContainer } from "../../src-shared/node/container-reader.ts";
import { sealContainer } from "../../src-shared/node/container-writer.ts";

/** Seals bytes that fit in memory as a separate container with a fresh salt. */
export async function sealRecord(clear: Uint8Array, key: Uint8Array, context: Uint8Array): Promise<Buffer> {
  const blocks: Uint8Array[] = [];
  for await (const block of sealContainer([clear], key, randomBytes(SALT_BYTES), context)) blocks.push(block);
  return Buffer.concat(blocks);
}

/** Opens a record from `sealRecord`; `undefined` if the key or the context differs, or the record is damaged. */
export async function openRecord(
  sealed: Uint8Array,
  key: Uint8Array,
  context: Uint8Array,
): Promise<Uint8Array | undefined> {
  const read = async (at: Bytes, length: Bytes) => ok(sealed.subarray(at, at + length));
  const container = await openContainer<never>({ size: sealed.length, read }, key, context);
  const clear = container.ok ? await container.value.read(0, container.value.size) : container;
  return clear.ok ? clear.value : undefined;
}

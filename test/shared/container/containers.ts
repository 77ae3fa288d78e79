import type { ContainerError } from "../../../src-shared/container/index.ts";
import { concatBytes } from "../../../src-shared/encoding/bytes.ts";
import { utf8 } from "../../../src-shared/encoding/text.ts";
import { openContainer, type SealedSource } from "../../../src-shared/node/container-reader.ts";
import { openContainerStream } from "../../fakes/container-stream.ts";
import { sealContainer } from "../../../src-shared/node/container-writer.ts";
import { ok } from "../../../src-shared/result.ts";
import { testSeed } from "../../fakes/test-keys.ts";

export const KEY = testSeed("container key");
export const SALT = testSeed("container salt").subarray(0, 24);
export const CONTEXT = utf8("the context of a test");

/** Bytes that differ from chunk to chunk. */
export function plaintextOf(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (i * 31 + (i >> 8) * 7 + (i >> 14)) & 255);
}

export async function sealed(
  plaintext: Uint8Array,
  { key = KEY, salt = SALT, context = CONTEXT }: { key?: Uint8Array; salt?: Uint8Array; context?: Uint8Array } = {},
): Promise<Uint8Array> {
  const blocks: Uint8Array[] = [];
  for await (const block of sealContainer([plaintext], key, salt, context)) blocks.push(block);
  return concatBytes(...blocks);
}

export function sourceOf(bytes: Uint8Array): SealedSource<never> {
  return { size: bytes.length, read: async (at, length) => ok(bytes.subarray(at, at + length)) };
}

/** The result of reading a container: the clear bytes that are returned, and the fault at the end. */
export type Reading = { given: Uint8Array; fault: ContainerError | undefined };

export async function readStream(bytes: Uint8Array, key = KEY, context: Uint8Array = CONTEXT): Promise<Reading> {
  const given: Uint8Array[] = [];
  for await (const chunk of openContainerStream([bytes], key, context)) {
    if (!chunk.ok) return { given: concatBytes(...given), fault: chunk.error };
    given.push(chunk.value);
  }
  return { given: concatBytes(...given), fault: undefined };
}

/** The whole container by random access: opened, then read at once. */
export async function readRandomly(bytes: Uint8Array, key = KEY, context: Uint8Array = CONTEXT): Promise<Reading> {
  const container = await openContainer(sourceOf(bytes), key, context);
  if (!container.ok) return { given: new Uint8Array(0), fault: container.error };
  const whole = await container.value.read(0, container.value.size);
  return whole.ok
    ? { given: Uint8Array.from(whole.value), fault: undefined }
    : { given: new Uint8Array(0), fault: whole.error };
}

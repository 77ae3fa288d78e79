import { createHash } from "node:crypto";
import { inflateSync } from "node:zlib";
import { HEADER_BYTES, SALT_BYTES } from "../../src-shared/container/index.ts";
import { ok } from "../../src-shared/result.ts";
import { deriveContainerKeys } from "../../src-shared/node/container-keys.ts";
import { openContainer } from "../../src-shared/node/container-reader.ts";
import { openContainerStream } from "../fakes/container-stream.ts";
import { sealContainer } from "../../src-shared/node/container-writer.ts";

// Needs neither vitest nor files, so that the same code runs in Node and inside Electron.

/** `c2sp_chunked_encryption_aes_256_gcm_test.json`, as parsed. */
export type ContainerVectors = {
  readonly testGroups: readonly { readonly tests: readonly ContainerVector[] }[];
};

export type ContainerVector = {
  readonly tcId: number;
  readonly comment: string;
  readonly key: string;
  readonly ctx: string;
  /** Hex of a zlib stream. */
  readonly ct: string;
  readonly aeadKey?: string;
  readonly baseNonce?: string;
  readonly msgLength?: number;
  readonly msgSha512?: string;
  readonly result: "valid" | "invalid";
  readonly flags: readonly string[];
};

export type ContainerVectorsOutcome = {
  readonly cases: number;
  /** Cases times the ways of reading: a stream, random access, and sealing again for valid cases. */
  readonly checks: number;
  readonly failures: readonly string[];
};

/** Runs every case through both readers, and valid ones through the writer. Calls `report` for each check. */
export async function runContainerVectors(
  vectors: ContainerVectors,
  report: (line: string) => void = () => {},
): Promise<ContainerVectorsOutcome> {
  const failures: string[] = [];
  let checks = 0;
  const cases = vectors.testGroups.flatMap((group) => group.tests);
  for (const vector of cases) {
    for (const [name, check] of [
      ["keys", checkKeys],
      ["stream", checkStream],
      ["random access", checkRandomAccess],
      ["writer", checkWriter],
    ] as const) {
      const problem = await check(vector);
      if (problem === "not applicable") continue;
      checks++;
      const line = `${vector.tcId} ${name}: ${problem ?? "as expected"} (${vector.comment})`;
      report(line);
      if (problem) failures.push(line);
    }
  }
  return { cases: cases.length, checks, failures };
}

type Problem = string | undefined;

function checkKeys(vector: ContainerVector): Problem {
  if (!vector.aeadKey || !vector.baseNonce) return "not applicable";
  const { key, context, sealed } = inputs(vector);
  const derived = deriveContainerKeys(key, sealed.subarray(0, SALT_BYTES), context);
  if (derived.key.toString("hex") !== vector.aeadKey) return "another key";
  return derived.baseNonce.toString("hex") === vector.baseNonce ? undefined : "another base nonce";
}

async function checkStream(vector: ContainerVector): Promise<Problem> {
  const { key, context, sealed } = inputs(vector);
  const given: Uint8Array[] = [];
  let hasFailed = false;
  try {
    const stream = openContainerStream(slices(sealed), key, context);
    for await (const chunk of stream) {
      if (hasFailed) return "data came after the fault";
      if (chunk.ok) given.push(chunk.value);
      else hasFailed = true;
    }
  } catch (error) {
    if (!isWrongKeyLength(vector, error)) throw error;
    hasFailed = true;
  }
  if (hasFailed !== (vector.result === "invalid")) return hasFailed ? "refused" : "accepted";
  return comparePlaintext(Buffer.concat(given), vector);
}

async function checkRandomAccess(vector: ContainerVector): Promise<Problem> {
  const { key, context, sealed } = inputs(vector);
  const isValid = vector.result === "valid";
  try {
    const source = {
      size: sealed.length,
      read: async (at: number, length: number) => ok(sealed.subarray(at, at + length)),
    };
    const container = await openContainer<never>(source, key, context);
    if (!container.ok) return isValid ? `not opened: ${container.error}` : undefined;
    if (!isValid && !vector.flags.includes("ValidFinalChunk")) return "opened, although its end does not authenticate";
    const whole = await container.value.read(0, container.value.size);
    if (!whole.ok) return isValid ? `not read: ${whole.error}` : undefined;
    return isValid ? comparePlaintext(whole.value, vector) : "accepted";
  } catch (error) {
    if (!isWrongKeyLength(vector, error)) throw error;
    return undefined;
  }
}

async function checkWriter(vector: ContainerVector): Promise<Problem> {
  if (vector.result !== "valid") return "not applicable";
  const { key, context, sealed } = inputs(vector);
  const clear: Uint8Array[] = [];
  for await (const chunk of openContainerStream([sealed], key, context)) if (chunk.ok) clear.push(chunk.value);
  const again: Uint8Array[] = [];
  for await (const block of sealContainer(slices(Buffer.concat(clear)), key, sealed.subarray(0, SALT_BYTES), context)) {
    again.push(block);
  }
  return Buffer.concat(again).equals(sealed) ? undefined : "sealed to other bytes";
}

function inputs({ key, ctx, ct }: ContainerVector) {
  return {
    key: Buffer.from(key, "hex"),
    context: Buffer.from(ctx, "hex"),
    sealed: inflateSync(Buffer.from(ct, "hex")),
  };
}

// Blocks that do not align with the header or the chunks.
function* slices(bytes: Uint8Array): Generator<Uint8Array> {
  const size = HEADER_BYTES * 131 + 1;
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

// A valid case returns its message; an invalid case returns its valid beginning, if there is one, and nothing more.
function comparePlaintext(given: Uint8Array, vector: ContainerVector): Problem {
  const length = vector.msgLength ?? 0;
  if (given.length !== length) return `gave ${given.length} bytes instead of ${length}`;
  if (vector.msgSha512 === undefined) return undefined;
  const hash = createHash("sha512").update(given).digest("hex");
  return hash === vector.msgSha512 ? undefined : "gave other bytes";
}

function isWrongKeyLength(vector: ContainerVector, error: unknown): boolean {
  return error instanceof RangeError && vector.flags.includes("InvalidKeySize");
}

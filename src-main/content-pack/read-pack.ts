import { createHash } from "node:crypto";
import type { FileHandle } from "node:fs/promises";
import {
  PACK_LENGTH_BYTES,
  PACK_PROFILE,
  PACK_START_BYTES,
  type PackedPart,
  type PackHeader,
  parsePackHeader,
  parsePackLength,
  parsePackStart,
  partsOfPack,
} from "../../src-shared/content-pack.ts";
import { toBase64url } from "../../src-shared/encoding/base64url.ts";
import { fromUtf8 } from "../../src-shared/encoding/text.ts";
import type { PackProblem } from "../../src-shared/ipc/index.ts";
import { codeOf } from "../../src-shared/node/atomic-files.ts";
import { openPlainFile } from "../../src-shared/node/plain-files.ts";
import { readFully } from "../../src-shared/node/read-fully.ts";
import { err, ok, type Result } from "../../src-shared/result.ts";
import type { Bytes } from "../../src-shared/units.ts";
import { type Manifest, parseManifest } from "../../src-shared/vault/index.ts";
import type { Trust } from "../trust/index.ts";

/** A pack whose header and manifest are validly signed, and whose size is what they say. Its parts are not checked yet. */
export type OpenPack = {
  readonly header: PackHeader;
  readonly manifest: Manifest;
  /** The key manifest of the publisher, if there is one. */
  readonly keys: string;
  readonly manifestToken: Uint8Array;
  readonly parts: readonly PackedPart[];
  readonly bytes: Bytes;
  readonly readCatalog: () => Promise<Result<Uint8Array, PackProblem>>;
  readonly readRevocations: () => Promise<Result<Uint8Array, PackProblem>>;
  /** Fills the buffer with bytes of a part, from this position of the part on. */
  readonly readPart: (part: PackedPart, at: Bytes, into: Buffer) => Promise<Result<Buffer, PackProblem>>;
  readonly close: () => Promise<void>;
};

type Section = { readonly size: Bytes; readonly sha256: string };

/** Opens a file (attacker-controlled) as a content pack. Nothing is taken from it that is not signed. */
export async function openPack(
  path: string,
  trust: Pick<Trust, "roots" | "apply">,
): Promise<Result<OpenPack, PackProblem>> {
  const opened = await openFile(path);
  if (!opened.ok) return opened;
  const { handle, size } = opened.value;
  const pack = await readFront(handle, size, trust).catch(async (error: unknown) => {
    await handle.close();
    throw error;
  });
  if (!pack.ok) await handle.close();
  return pack;
}

async function openFile(path: string) {
  try {
    const file = await openPlainFile(path);
    return file ? ok(file) : err("PACK_UNREADABLE" as const);
  } catch (error) {
    if (codeOf(error) === "") throw error;
    return err("PACK_UNREADABLE" as const);
  }
}

async function readFront(
  handle: FileHandle,
  size: Bytes,
  trust: Pick<Trust, "roots" | "apply">,
): Promise<Result<OpenPack, PackProblem>> {
  const start = await readAt(handle, 0, PACK_START_BYTES);
  const keysSize = start.ok ? parsePackStart(start.value) : err("MALFORMED" as const);
  if (!keysSize.ok) return err("PACK_UNREADABLE");
  const keys = await readText(handle, PACK_START_BYTES, keysSize.value);
  if (!keys.ok) return keys;
  // It is signed by a parent key, and must be known before anything else in the pack is verified.
  if (keys.value !== "") await trust.apply(keys.value);
  const roots = await trust.roots();
  const lengthAt = PACK_START_BYTES + keysSize.value;
  const length = await readAt(handle, lengthAt, PACK_LENGTH_BYTES);
  if (!length.ok) return length;
  const headerSize = parsePackLength(length.value, PACK_PROFILE.maxBytes);
  if (!headerSize.ok) return err("PACK_UNREADABLE");
  const headerAt = lengthAt + PACK_LENGTH_BYTES;
  const token = await readText(handle, headerAt, headerSize.value);
  if (!token.ok) return token;
  const header = parsePackHeader(token.value, roots);
  if (!header.ok) return err(header.error === "MALFORMED" ? "PACK_UNREADABLE" : "PACK_UNTRUSTED");
  const { claims } = header.value;
  const manifestAt = headerAt + headerSize.value;
  const manifestToken = await readSection(handle, manifestAt, claims.manifest);
  if (!manifestToken.ok) return manifestToken;
  const text = fromUtf8(manifestToken.value);
  const manifest = text === undefined ? err("MALFORMED" as const) : parseManifest(text, claims.gen, roots);
  const packed = manifest.ok ? partsOfPack(claims, manifest.value.claims) : manifest;
  if (!manifest.ok || !packed.ok) return err("PACK_UNTRUSTED");
  const catalogAt = manifestAt + claims.manifest.size;
  const revocationsAt = catalogAt + claims.catalog.size;
  const partsAt = revocationsAt + (claims.revocations?.size ?? 0);
  const end = partsAt + packed.value.bytes;
  if (size !== end) return err(size < end ? "PACK_TRUNCATED" : "PACK_DAMAGED");
  return ok({
    header: header.value,
    manifest: manifest.value,
    keys: keys.value,
    manifestToken: manifestToken.value,
    ...packed.value,
    readCatalog: () => readSection(handle, catalogAt, claims.catalog),
    readRevocations: async () =>
      claims.revocations ? readSection(handle, revocationsAt, claims.revocations) : ok(new Uint8Array()),
    readPart: async ({ offset }, at, into) => {
      const read = await readInto(handle, partsAt + offset + at, into);
      return read.ok && read.value.length < into.length ? err("PACK_TRUNCATED") : read;
    },
    close: () => handle.close(),
  });
}

async function readText(handle: FileHandle, at: Bytes, length: Bytes): Promise<Result<string, PackProblem>> {
  const bytes = await readAt(handle, at, length);
  const text = bytes.ok ? fromUtf8(bytes.value) : undefined;
  if (!bytes.ok) return bytes;
  return text === undefined ? err("PACK_UNREADABLE") : ok(text);
}

async function readSection(handle: FileHandle, at: Bytes, { size, sha256 }: Section) {
  const bytes = await readAt(handle, at, size);
  if (!bytes.ok) return bytes;
  const isIts = toBase64url(createHash("sha256").update(bytes.value).digest()) === sha256;
  return isIts ? bytes : err("PACK_DAMAGED" as const);
}

async function readAt(handle: FileHandle, at: Bytes, length: Bytes): Promise<Result<Buffer, PackProblem>> {
  // The length was checked against its limit, and is only claimed: no memory is taken for bytes that are not there.
  if ((await handle.stat()).size < at + length) return err("PACK_TRUNCATED");
  return readInto(handle, at, Buffer.allocUnsafeSlow(length));
}

async function readInto(handle: FileHandle, at: Bytes, into: Buffer): Promise<Result<Buffer, PackProblem>> {
  try {
    return ok(await readFully(handle, into, at));
  } catch (error) {
    if (codeOf(error) === "") throw error;
    return err("PACK_UNREADABLE");
  }
}

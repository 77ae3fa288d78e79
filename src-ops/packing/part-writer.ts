import { createHash, type Hash } from "node:crypto";
import { type FileHandle, open, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { toBase64url } from "../../src-shared/encoding/base64url.ts";
import { codeOf, syncFolder } from "../../src-shared/node/atomic-files.ts";
import { type Bytes, MIB } from "../../src-shared/units.ts";
import { type ManifestPart, partName } from "../../src-shared/vault/index.ts";

export type WrittenPart = ManifestPart & { readonly path: string };

/** Thrown by the writer when what an earlier, killed run left is not the beginning of what is written now. */
export class EarlierBytesDiffer extends Error {}

const MAX_PENDING_WRITES = 3;
// The system's write cache is emptied this often: progress then tells what is on the stick, and pulling it loses little.
const SYNC_EVERY = 64 * MIB;

type OpenPart = {
  readonly path: string;
  readonly file: FileHandle;
  readonly hash: Hash;
  size: Bytes;
  /** How many bytes an earlier run left: they are compared, not written again. */
  readonly earlierBytes: Bytes;
  unsynced: Bytes;
  sync: Promise<void>;
};

/**
 * Writes one sealed file as parts of `partBytes`, hashing as it goes. Several writes are under way at a time, and a
 * finished part is synced while the next is being written; `onPart` is told of each part that is durable.
 */
export class PartWriter {
  readonly #folder: string;
  readonly #partBytes: Bytes;
  readonly #onPart: (part: WrittenPart) => void;
  #part: OpenPart | undefined;
  #writes: Promise<void>[] = [];
  #closing: Promise<void> = Promise.resolve();
  #written: WrittenPart[] = [];
  #next = 0;
  /** Bytes found on the stick and not written again. */
  reused: Bytes = 0;

  constructor(folder: string, partBytes: Bytes, onPart: (part: WrittenPart) => void) {
    this.#folder = folder;
    this.#partBytes = partBytes;
    this.#onPart = onPart;
  }

  /** Takes the next sealed bytes; `block` must not be changed afterwards. */
  async write(block: Uint8Array): Promise<void> {
    for (let at = 0; at < block.length;) {
      const part = this.#part ?? (await this.#openNext());
      const piece = block.subarray(at, at + this.#partBytes - part.size);
      await this.#writePiece(part, piece);
      at += piece.length;
      if (part.size === this.#partBytes) await this.#closePart(part);
    }
  }

  /** Waits until every part is durable, and gives them in order. */
  async finish(): Promise<readonly WrittenPart[]> {
    if (this.#part) await this.#closePart(this.#part);
    await this.#closing;
    await this.#removeFrom(this.#next);
    await syncFolder(this.#folder);
    return this.#written;
  }

  /** Releases the open file after a failure. What was written stays for the caller to keep or remove. */
  async abandon(): Promise<void> {
    await Promise.allSettled([...this.#writes, this.#closing, this.#part?.sync]);
    await this.#part?.file.close();
    this.#part = undefined;
  }

  async #openNext(): Promise<OpenPart> {
    const path = join(this.#folder, partName(this.#next++));
    const file = await openForUpdate(path);
    const { size: earlierBytes } = await file.stat();
    const hash = createHash("sha256");
    this.#part = { path, file, hash, size: 0, earlierBytes, unsynced: 0, sync: Promise.resolve() };
    return this.#part;
  }

  async #writePiece(part: OpenPart, piece: Uint8Array): Promise<void> {
    const position = part.size;
    part.hash.update(piece);
    part.size += piece.length;
    const known = Math.max(0, Math.min(piece.length, part.earlierBytes - position));
    if (known > 0) await this.#compare(part, piece.subarray(0, known), position);
    if (known === piece.length) return;
    this.#writes.push(writeFully(part.file, piece.subarray(known), position + known));
    part.unsynced += piece.length - known;
    if (this.#writes.length > MAX_PENDING_WRITES) await this.#writes.shift();
    if (part.unsynced >= SYNC_EVERY) await this.#syncSoon(part);
  }

  async #compare(part: OpenPart, piece: Uint8Array, position: Bytes): Promise<void> {
    const there = Buffer.allocUnsafeSlow(piece.length);
    const { bytesRead } = await part.file.read(there, 0, piece.length, position);
    if (bytesRead !== piece.length || !there.equals(piece)) throw new EarlierBytesDiffer();
    this.reused += piece.length;
  }

  async #syncSoon(part: OpenPart): Promise<void> {
    part.unsynced = 0;
    await part.sync;
    await this.#drain();
    part.sync = part.file.datasync();
    // Awaited before the next sync and when the part is closed; until then a failure must not count as unhandled.
    part.sync.catch(() => {});
  }

  async #closePart(part: OpenPart): Promise<void> {
    await this.#drain();
    await this.#closing;
    this.#part = undefined;
    this.#closing = this.#makeDurable(part);
    this.#closing.catch(() => {});
  }

  async #makeDurable(part: OpenPart): Promise<void> {
    try {
      await part.sync;
      if (part.earlierBytes > part.size) await part.file.truncate(part.size);
      await part.file.sync();
    } finally {
      await part.file.close();
    }
    const written = { path: part.path, size: part.size, sha256: toBase64url(part.hash.digest()) };
    this.#written.push(written);
    this.#onPart(written);
  }

  async #drain(): Promise<void> {
    const writes = this.#writes;
    this.#writes = [];
    await Promise.all(writes);
  }

  async #removeFrom(index: number): Promise<void> {
    const names = await readdir(this.#folder);
    const surplus = names.filter((name) => /^\d{3,}$/.test(name) && Number(name) >= index);
    for (const name of surplus) await rm(join(this.#folder, name));
  }
}

async function openForUpdate(path: string): Promise<FileHandle> {
  try {
    return await open(path, "wx+");
  } catch (error) {
    if (codeOf(error) !== "EEXIST") throw error;
    return open(path, "r+");
  }
}

async function writeFully(file: FileHandle, bytes: Uint8Array, position: Bytes): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, position + done);
    done += bytesWritten;
  }
}

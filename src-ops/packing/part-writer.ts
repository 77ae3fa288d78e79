import { type FileHandle, readdir } from "node:fs/promises";
import { join } from "node:path";
import { removeFile, syncFolder } from "../../src-shared/node/atomic-files.ts";
import { openForUpdate, writeFully } from "../../src-shared/node/update-file.ts";
import { type Bytes, MIB } from "../../src-shared/units.ts";
import { type ManifestPart, partName } from "../../src-shared/vault/index.ts";
import type { Hasher, HashStream } from "./hashing/index.ts";
import { readFully } from "../../src-shared/node/read-fully.ts";

export type WrittenPart = ManifestPart & { readonly path: string };

/** Thrown when the bytes of an earlier, killed run are not the beginning of the file that is written now. */
export class EarlierBytesDiffer extends Error {}

// The maximum number of blocks that are being hashed and written at the same time.
const MAX_PENDING = 6;
// How often the write cache is flushed, so that the progress shows what is on the stick and little is lost if it is
// pulled out.
const SYNC_EVERY = 64 * MIB;

type OpenPart = {
  readonly path: string;
  readonly file: FileHandle;
  readonly hash: HashStream;
  size: Bytes;
  /** The bytes that an earlier run left: they are compared, not written again. */
  readonly earlierBytes: Bytes;
  unsynced: Bytes;
  sync: Promise<void>;
};

/** Writes one sealed file as parts of `partBytes` and hashes them. Several blocks are processed at the same time, and a
 * finished part is synced while the next one is written; `onPart` is called for each part that is durable.
 */
export class PartWriter {
  readonly #folder: string;
  readonly #partBytes: Bytes;
  readonly #hasher: Hasher;
  readonly #onPart: (part: WrittenPart) => void;
  #part: OpenPart | undefined;
  #work: Promise<void>[] = [];
  #lastWrite: Promise<void> = Promise.resolve();
  #closing: Promise<void> = Promise.resolve();
  #written: WrittenPart[] = [];
  #next = 0;
  /** Bytes that were already on the stick and were not written again. */
  reused: Bytes = 0;

  constructor(folder: string, partBytes: Bytes, hasher: Hasher, onPart: (part: WrittenPart) => void) {
    this.#folder = folder;
    this.#hasher = hasher;
    this.#partBytes = partBytes;
    this.#onPart = onPart;
  }

  /** Writes the next sealed bytes; `block` must not be changed until `onDone` is called. */
  async write(block: Uint8Array, onDone: () => void = () => {}): Promise<void> {
    const work: Promise<void>[] = [];
    for (let at = 0; at < block.length;) {
      const part = this.#part ?? (await this.#openNext());
      const piece = block.subarray(at, at + this.#partBytes - part.size);
      await this.#writePiece(part, piece, work);
      at += piece.length;
      if (part.size === this.#partBytes) await this.#closePart(part);
    }
    // After a failure the block is never released: its memory may still be read.
    void Promise.all(work).then(onDone, () => {});
  }

  /** Waits until every part is durable, and returns the parts in order. */
  async finish(): Promise<readonly WrittenPart[]> {
    if (this.#part) await this.#closePart(this.#part);
    await this.#closing;
    await this.#removeFrom(this.#next);
    await syncFolder(this.#folder);
    return this.#written;
  }

  /** Closes the open file after a failure. The caller decides whether to keep or remove the written parts. */
  async abandon(): Promise<void> {
    await Promise.allSettled([...this.#work, this.#closing, this.#part?.sync]);
    await this.#part?.file.close();
    this.#part = undefined;
  }

  async #openNext(): Promise<OpenPart> {
    const path = join(this.#folder, partName(this.#next++));
    const file = await openForUpdate(path);
    const { size: earlierBytes } = await file.stat();
    const hash = this.#hasher.open();
    this.#part = { path, file, hash, size: 0, earlierBytes, unsynced: 0, sync: Promise.resolve() };
    return this.#part;
  }

  async #writePiece(part: OpenPart, piece: Uint8Array, work: Promise<void>[]): Promise<void> {
    const position = part.size;
    part.size += piece.length;
    work.push(this.#start(part.hash.update(piece)));
    const reusable = Math.max(0, Math.min(piece.length, part.earlierBytes - position));
    if (reusable > 0) await this.#compare(part, piece.subarray(0, reusable), position);
    if (reusable < piece.length) work.push(this.#writeNext(part, piece.subarray(reusable), position + reusable));
    part.unsynced += piece.length - reusable;
    while (this.#work.length > MAX_PENDING) await this.#work.shift();
    if (part.unsynced >= SYNC_EVERY) await this.#syncSoon(part);
  }

  async #compare(part: OpenPart, piece: Uint8Array, position: Bytes): Promise<void> {
    const existing = Buffer.allocUnsafeSlow(piece.length);
    if (!(await readFully(part.file, existing, position)).equals(piece)) throw new EarlierBytesDiffer();
    this.reused += piece.length;
  }

  async #syncSoon(part: OpenPart): Promise<void> {
    part.unsynced = 0;
    await part.sync;
    await this.#drain();
    part.sync = handledLater(part.file.datasync());
  }

  async #closePart(part: OpenPart): Promise<void> {
    await this.#drain();
    await this.#closing;
    this.#part = undefined;
    this.#closing = handledLater(this.#makeDurable(part));
  }

  async #makeDurable(part: OpenPart): Promise<void> {
    try {
      await part.sync;
      if (part.earlierBytes > part.size) await part.file.truncate(part.size);
      await part.file.sync();
    } finally {
      await part.file.close();
    }
    const written = { path: part.path, size: part.size, sha256: await part.hash.digest() };
    this.#written.push(written);
    this.#onPart(written);
  }

  // One write at a time and in order: FAT has no sparse files, so a write beyond the end makes the driver fill the gap
  // first (and some drivers do it wrongly). Encryption and hashing continue in the meantime.
  #writeNext(part: OpenPart, bytes: Uint8Array, position: Bytes): Promise<void> {
    this.#lastWrite = this.#lastWrite.then(() => writeFully(part.file, bytes, position));
    return this.#start(this.#lastWrite);
  }

  #start(work: Promise<void>): Promise<void> {
    this.#work.push(handledLater(work));
    return work;
  }

  async #drain(): Promise<void> {
    const work = this.#work;
    this.#work = [];
    await Promise.all(work);
  }

  async #removeFrom(index: number): Promise<void> {
    const names = await readdir(this.#folder);
    const surplus = names.filter((name) => /^\d{3,}$/.test(name) && Number(name) >= index);
    for (const name of surplus) await removeFile(join(this.#folder, name));
  }
}

// The caller that awaits the promise gets the failure; until then it must not count as an unhandled rejection.
function handledLater<T>(work: Promise<T>): Promise<T> {
  work.catch(() => {});
  return work;
}

import { readSync } from "node:fs";
import { type FileHandle, lstat } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { err, ok, type Result } from "../result.ts";
import type { Bytes } from "../units.ts";
import { codeOf } from "./atomic-files.ts";
import type { SealedSource } from "./container-reader.ts";
import { requireForeignFolder } from "./foreign-files.ts";
import { openPlainFile } from "./plain-files.ts";

export type PartError =
  /** A part is missing, or the whole stick is gone. */
  | "GONE"
  /** A part has a size other than in the manifest, or is not a plain file. */
  | "CHANGED"
  /** The device reports a read error. */
  | "UNREADABLE";

export type PartFiles = SealedSource<PartError> & { readonly close: () => Promise<void> };

/** The descriptor of a `FileHandle` once it is closed. */
const CLOSED = -1;
const GONE = new Set(["ENOENT", "ENODEV", "ENXIO", "EBADF", "ENOTCONN", "ESTALE", "ENOTDIR"]);
/**
 * Said of a bad sector and of a stick that was pulled out. UNKNOWN is libuv's code for most of what Windows says of a device
 * that is not ready.
 */
const GONE_OR_BAD = new Set(["EIO", "UNKNOWN"]);

/**
 * Opens a file that is stored in parts for positional reads, as if it were one file. Symbolic links are not followed,
 * neither in the place of a part nor of its two folders; each part must have exactly the size in the signed manifest.
 */
export async function openPartFiles(
  parts: readonly { readonly path: string; readonly size: Bytes }[],
  readNow = readSync,
): Promise<Result<PartFiles, PartError>> {
  const handles: FileHandle[] = [];
  const close = async () => {
    await Promise.allSettled(handles.map((handle) => handle.close()));
  };
  try {
    // `data` and the folder of the file; `VAULT` was checked when the vault was found.
    for (const folder of new Set(parts.map(({ path }) => dirname(path)))) {
      const above = dirname(folder);
      await requireForeignFolder(dirname(above), [basename(above), basename(folder)]);
    }
    for (const part of parts) {
      const file = await openPlainFile(part.path);
      if (file) handles.push(file.handle);
      if (file?.size !== part.size) {
        await close();
        return err("CHANGED");
      }
    }
  } catch (error) {
    await close();
    return err(await partError(error, parts[0]?.path));
  }
  const size = parts.reduce((total, part) => total + part.size, 0);
  const opened = { parts, handles, readNow };
  return ok({ size, close, read: (offset, length, into) => readAcross(opened, offset, length, into) });
}

type OpenedParts = {
  readonly parts: readonly { readonly path: string; readonly size: Bytes }[];
  readonly handles: readonly FileHandle[];
  readonly readNow: typeof readSync;
};

async function readAcross(
  { parts, handles, readNow }: OpenedParts,
  offset: Bytes,
  length: Bytes,
  into: Uint8Array = new Uint8Array(length),
): Promise<Result<Uint8Array, PartError>> {
  const buffer = into.subarray(0, length);
  let filled = 0;
  let partStart = 0;
  try {
    for (let i = 0; i < parts.length && filled < length; i++) {
      const { size } = parts[i] as { size: Bytes };
      let inPart = offset + filled - partStart;
      while (filled < length && inPart < size) {
        // Synchronous: readers have a thread or a process of their own, and delegating to another thread for each 64
        // KiB takes as long as decrypting them.
        const wanted = Math.min(length - filled, size - inPart);
        const { fd } = handles[i] as FileHandle;
        if (fd === CLOSED) return err("GONE");
        const bytesRead = readNow(fd, buffer, filled, wanted, inPart);
        // The size was checked at opening: if the file is shorter now, it was changed.
        if (bytesRead === 0) return err("CHANGED");
        filled += bytesRead;
        inPart += bytesRead;
      }
      partStart += size;
    }
  } catch (error) {
    return err(await partError(error, parts[0]?.path));
  }
  return filled === length ? ok(buffer) : err("CHANGED");
}

async function partError(error: unknown, onStick: string | undefined): Promise<PartError> {
  const code = codeOf(error);
  if (code === "") throw error;
  if (code === "ELOOP") return "CHANGED";
  if (GONE_OR_BAD.has(code)) return (await isNamed(onStick)) ? "UNREADABLE" : "GONE";
  return GONE.has(code) ? "GONE" : "UNREADABLE";
}

async function isNamed(path: string | undefined): Promise<boolean> {
  if (path === undefined) return false;
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if (codeOf(error) === "") throw error;
    return false;
  }
}

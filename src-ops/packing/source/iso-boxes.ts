import { type Bytes, MIB } from "../../../src-shared/units.ts";
import type { FileWindow } from "./file-window.ts";

/** A box of an ISO base media file (ISO/IEC 14496-12, 4.2): its type, and where its content begins and ends. */
export type Box = { readonly type: string; readonly start: Bytes; readonly end: Bytes };

/** A movie header with its tables. Three hours with three tracks need about 15 MiB. */
const MAX_HEADER_BYTES = 512 * MIB;

/** The boxes of the file itself. `isCut` is set on a last box that promises more bytes than the file has. */
export async function* fileBoxes(file: FileWindow): AsyncGenerator<Box & { readonly isCut: boolean; at: Bytes }> {
  for (let at = 0; at + 8 <= file.size;) {
    const box = readBox(await file.read(at, 16), file.size - at);
    if (box === undefined) return;
    const end = at + box.end;
    yield { type: box.type, at, start: at + box.start, end: Math.min(end, file.size), isCut: end > file.size };
    at = end;
  }
}

/** Reads a header box completely; `undefined` if it is cut or larger than any header. */
export async function readContent(file: FileWindow, box: Box & { readonly isCut: boolean }) {
  const length = box.end - box.start;
  if (box.isCut || length > MAX_HEADER_BYTES) return undefined;
  return Buffer.from(await file.read(box.start, length));
}

/** The boxes inside a box that is in memory. Ends at the first one that does not fit. */
export function innerBoxes(bytes: Buffer, start: Bytes = 0, end: Bytes = bytes.length): readonly Box[] {
  const boxes: Box[] = [];
  for (let at = start; at + 8 <= end;) {
    const box = readBox(bytes.subarray(at, end), end - at);
    if (box === undefined || at + box.end > end) break;
    boxes.push({ type: box.type, start: at + box.start, end: at + box.end });
    at += box.end;
  }
  return boxes;
}

/** The first box at the end of a path such as `mdia/minf/stbl`. */
export function findBox(bytes: Buffer, path: string, within?: Box): Buffer | undefined {
  let part = within ? bytes.subarray(within.start, within.end) : bytes;
  for (const type of path.split("/")) {
    const found = innerBoxes(part).find((box) => box.type === type);
    if (found === undefined) return undefined;
    part = part.subarray(found.start, found.end);
  }
  return part;
}

// A size of 0 means: to the end of what surrounds the box.
function readBox(bytes: Buffer, available: Bytes): Box | undefined {
  if (bytes.length < 8) return undefined;
  const type = bytes.toString("latin1", 4, 8);
  const size = bytes.readUInt32BE(0);
  if (size === 0) return type === "\0\0\0\0" ? undefined : { type, start: 8, end: available };
  if (size !== 1) return size < 8 ? undefined : { type, start: 8, end: size };
  if (bytes.length < 16) return undefined;
  const large = Number(bytes.readBigUInt64BE(8));
  return large < 16 || !Number.isSafeInteger(large) ? undefined : { type, start: 16, end: large };
}

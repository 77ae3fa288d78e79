import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { codeOf, removeFile } from "../../src-shared/node/atomic-files.ts";
import type { Bytes } from "../../src-shared/units.ts";
import { parseSegment, parseSegmentName, type SegmentContent, type SegmentId } from "./segment.ts";

/** A segment of the queue, by its name and size. `events` is known only for segments that this run has created. */
export type Segment = SegmentId & { readonly name: string; bytes: Bytes; events: number };

/** The segments of earlier runs, oldest first. Throws the file system's error. */
export async function findSegments(folder: string): Promise<Segment[]> {
  const found: Segment[] = [];
  for (const name of (await readdir(folder)).toSorted()) {
    const id = parseSegmentName(name);
    const status = id && (await stat(join(folder, name)));
    if (id && status?.isFile()) found.push({ ...id, name, bytes: status.size, events: 0 });
  }
  return found;
}

/** `undefined`: it cannot be read now. */
export async function readSegment(folder: string, { name }: Segment): Promise<SegmentContent | undefined> {
  try {
    return parseSegment(await readFile(join(folder, name)));
  } catch (error) {
    if (codeOf(error) === "") throw error;
    return undefined;
  }
}

/** Removes it, or accepts that it is already gone. Throws the file system's error. */
export async function removeSegment(folder: string, { name }: Segment): Promise<void> {
  await removeFile(join(folder, name));
}

/** Security first, then by age. */
export function bySendingOrder(one: Segment, other: Segment): number {
  return one.lane === other.lane ? one.number - other.number : one.lane < other.lane ? -1 : 1;
}

import type { Bytes, Seconds } from "../../../src-shared/units.ts";
import type { FileWindow } from "./file-window.ts";

/** What the structure of a Matroska or WebM file says, without its packets. */
export type MatroskaFacts = {
  readonly isEncrypted: boolean;
  /** A player can find the index: a file without one can only be played from its beginning to its end. */
  readonly hasIndex: boolean;
  /** There are subtitles or chapters inside. */
  readonly hasInnerText: boolean;
  /** The time of the last cluster before the place where the structure ends or breaks. */
  readonly brokenAtSeconds: Seconds | undefined;
};

// Element ids (RFC 9559, section 5).
const ID = {
  header: 0x1a45dfa3,
  segment: 0x18538067,
  seekHead: 0x114d9b74,
  seek: 0x4dbb,
  seekId: 0x53ab,
  seekPosition: 0x53ac,
  info: 0x1549a966,
  timestampScale: 0x2ad7b1,
  tracks: 0x1654ae6b,
  track: 0xae,
  trackType: 0x83,
  contentEncodings: 0x6d80,
  contentEncoding: 0x6240,
  contentEncryption: 0x5035,
  cluster: 0x1f43b675,
  clusterTimestamp: 0xe7,
  cues: 0x1c53bb6b,
  cuePoint: 0xbb,
  chapters: 0x1043a770,
  attachments: 0x1941a469,
  tags: 0x1254c367,
  void: 0xec,
  checksum: 0xbf,
} as const;

/** The type of a track of subtitles (RFC 9559, 5.1.4.1.3). */
const SUBTITLES = 17;

const TOP_LEVEL = new Set<number>([
  ID.seekHead,
  ID.info,
  ID.tracks,
  ID.cluster,
  ID.cues,
  ID.chapters,
  ID.attachments,
  ID.tags,
  ID.void,
  ID.checksum,
]);

type Element = { readonly id: number; readonly at: Bytes; readonly start: Bytes; readonly end: Bytes; isOpen: boolean };

/** Walks over every element down to the blocks. Its bytes are not trusted. */
export async function scanMatroska(file: FileWindow): Promise<MatroskaFacts> {
  let [scale, clusterTime, firstCluster, cuesAt] = [1_000_000, 0, Infinity, -1];
  let [hasPoints, hasInnerText, isEncrypted, isBroken] = [false, false, false, false];
  const listed = new Set<Bytes>();
  const segment = await findSegment(file);
  if (segment === undefined) return { isEncrypted, hasIndex: false, hasInnerText, brokenAtSeconds: 0 };
  const end = Math.min(segment.end, file.size);
  if (!segment.isOpen && segment.end > file.size) isBroken = true;

  let at = segment.start;
  while (at < end) {
    const element = await readElement(file, at, end);
    if (element === undefined || !TOP_LEVEL.has(element.id) || element.end > end) {
      isBroken = true;
      break;
    }
    at = element.end;
    switch (element.id) {
      case ID.seekHead:
        for await (const seek of children(file, element)) {
          if (seek.id !== ID.seek) continue;
          const fields = await collect(file, seek);
          if (fields.get(ID.seekId) === ID.cues) listed.add(segment.start + (fields.get(ID.seekPosition) ?? 0));
        }
        break;
      case ID.info:
        scale = (await collect(file, element)).get(ID.timestampScale) || scale;
        break;
      case ID.tracks:
        isEncrypted = await hasInside(file, element, [
          ID.track,
          ID.contentEncodings,
          ID.contentEncoding,
          ID.contentEncryption,
        ]);
        for await (const track of children(file, element)) {
          hasInnerText ||= (await collect(file, track)).get(ID.trackType) === SUBTITLES;
        }
        break;
      case ID.chapters:
        hasInnerText = true;
        break;
      case ID.cues:
        cuesAt = element.at;
        hasPoints = await hasInside(file, element, [ID.cuePoint]);
        break;
      case ID.cluster: {
        firstCluster = Math.min(firstCluster, element.at);
        const walked = await walkCluster(file, element, end);
        clusterTime = walked.timestamp ?? clusterTime;
        at = walked.end;
        isBroken ||= walked.isBroken;
        break;
      }
    }
    if (isBroken) break;
  }
  const hasIndex = hasPoints && (cuesAt < firstCluster || listed.has(cuesAt));
  return { isEncrypted, hasIndex, hasInnerText, brokenAtSeconds: isBroken ? (clusterTime * scale) / 1e9 : undefined };
}

async function findSegment(file: FileWindow): Promise<Element | undefined> {
  for (let at = 0; at < file.size;) {
    const element = await readElement(file, at, Infinity);
    if (element === undefined || element.id === ID.segment) return element;
    at = element.end;
  }
  return undefined;
}

/** Ends a cluster of unknown size at the next element that cannot be inside one. */
async function walkCluster(file: FileWindow, cluster: Element, segmentEnd: Bytes) {
  let timestamp: number | undefined;
  const end = cluster.isOpen ? segmentEnd : cluster.end;
  let at = cluster.start;
  while (at < end) {
    const child = await readElement(file, at, end);
    if (child && cluster.isOpen && TOP_LEVEL.has(child.id) && child.id !== ID.void && child.id !== ID.checksum) break;
    if (child === undefined || child.end > end || child.isOpen) return { timestamp, end: at, isBroken: true };
    if (child.id === ID.clusterTimestamp) timestamp = await readNumber(file, child);
    at = child.end;
  }
  return { timestamp, end: at, isBroken: false };
}

async function* children(file: FileWindow, parent: Element): AsyncGenerator<Element> {
  for (let at = parent.start; at < parent.end;) {
    const child = await readElement(file, at, parent.end);
    if (child === undefined || child.end > parent.end) return;
    yield child;
    at = child.end;
  }
}

async function hasInside(file: FileWindow, parent: Element, [id, ...rest]: readonly number[]): Promise<boolean> {
  if (id === undefined) return true;
  for await (const child of children(file, parent)) {
    if (child.id === id && (await hasInside(file, child, rest))) return true;
  }
  return false;
}

/** The numbers directly inside an element. */
async function collect(file: FileWindow, parent: Element): Promise<Map<number, number>> {
  const numbers = new Map<number, number>();
  for await (const child of children(file, parent)) {
    if (child.end - child.start <= 8) numbers.set(child.id, await readNumber(file, child));
  }
  return numbers;
}

async function readNumber(file: FileWindow, { start, end }: Element): Promise<number> {
  const bytes = await file.read(start, Math.min(8, end - start));
  return bytes.reduce((value, byte) => value * 256 + byte, 0);
}

/** RFC 8794, sections 4 to 6. A size of only ones means that the size is unknown. */
async function readElement(file: FileWindow, at: Bytes, limit: Bytes): Promise<Element | undefined> {
  const bytes = await file.read(at, 12);
  const idWidth = Math.clz32(bytes[0] ?? 0) - 23;
  if (idWidth > 4 || bytes.length <= idWidth) return undefined;
  const sizeWidth = Math.clz32(bytes[idWidth] as number) - 23;
  if (sizeWidth > 8 || bytes.length < idWidth + sizeWidth) return undefined;
  const start = at + idWidth + sizeWidth;
  let size = (bytes[idWidth] as number) & (0xff >> sizeWidth);
  let isOpen = size === 0xff >> sizeWidth;
  for (const byte of bytes.subarray(idWidth + 1, idWidth + sizeWidth)) {
    size = size * 256 + byte;
    isOpen &&= byte === 0xff;
  }
  return { id: bytes.readUIntBE(0, idWidth), at, start, end: isOpen ? limit : start + size, isOpen };
}

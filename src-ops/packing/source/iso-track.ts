import type { Bytes, Seconds } from "../../../src-shared/units.ts";
import { type Box, findBox, innerBoxes } from "./iso-boxes.ts";

/** One sample of a track: where its bytes are, and when it is presented. */
export type Sample = {
  readonly offset: Bytes;
  readonly size: Bytes;
  readonly startSeconds: Seconds;
  readonly endSeconds: Seconds;
};

export type IsoTrack = {
  readonly id: number;
  /** `vide`, `soun`, `sbtl`, `text`, ... */
  readonly handler: string;
  /** The four letters of each sample entry: `avc1`, `mp4a`, `encv`, ... */
  readonly formats: readonly string[];
  readonly timescale: number;
  /** What the edit list adds to every time: a delay, or minus what it skips. */
  readonly shiftSeconds: Seconds;
  /**
   * The length that the header claims for a track whose samples are all in fragments; otherwise 0. Chromium shows it; other
   * lengths in headers it does not believe.
   */
  readonly claimedSeconds: Seconds;
  /** The decode time after the last sample of the movie header, in units of the time scale. */
  readonly decodeEnd: number;
  readonly samples: () => Generator<Sample>;
};

/** Reads the tracks of a movie header (ISO/IEC 14496-12, 8.3 to 8.7). Its bytes are not trusted: a wild count ends early. */
export function readTracks(moov: Buffer): IsoTrack[] {
  const movieScale = scaleOf(findBox(moov, "mvhd"));
  return innerBoxes(moov)
    .filter(({ type }) => type === "trak")
    .flatMap((trak) => readTrack(moov, trak, movieScale) ?? []);
}

function readTrack(moov: Buffer, trak: Box, movieScale: number): IsoTrack | undefined {
  const tkhd = findBox(moov, "tkhd", trak);
  const hdlr = findBox(moov, "mdia/hdlr", trak);
  const stbl = findBox(moov, "mdia/minf/stbl", trak);
  if (tkhd === undefined || hdlr === undefined || hdlr.length < 12 || tkhd.length < 24) return undefined;
  const mdhd = findBox(moov, "mdia/mdhd", trak);
  const timescale = scaleOf(mdhd);
  const shiftSeconds = timescale > 0 ? shiftOf(findBox(moov, "edts/elst", trak), movieScale, timescale) : 0;
  const stsd = stbl && findBox(stbl, "stsd");
  const table = stbl && timescale > 0 ? sampleTable(stbl) : undefined;
  return {
    id: tkhd.readUInt32BE(tkhd[0] === 1 ? 20 : 12),
    handler: hdlr.toString("latin1", 8, 12),
    formats: stsd ? innerBoxes(stsd, 8).map(({ type }) => type) : [],
    timescale,
    shiftSeconds,
    claimedSeconds: table?.count === 0 ? lengthOf(mdhd) / timescale : 0,
    decodeEnd: table?.decodeEnd ?? 0,
    samples: () => (table ? samplesOf(table, timescale, shiftSeconds) : [].values()) as Generator<Sample>,
  };
}

function scaleOf(header: Buffer | undefined): number {
  const at = header?.[0] === 1 ? 20 : 12;
  return header && header.length >= at + 4 ? header.readUInt32BE(at) : 0;
}

/** In units of the time scale; 0 if it is unknown, which is all ones. */
function lengthOf(header: Buffer | undefined): number {
  if (header?.[0] === 1) return header.length >= 32 ? Number(BigInt.asIntN(64, header.readBigUInt64BE(24))) : 0;
  const length = header && header.length >= 20 ? header.readUInt32BE(16) : 0;
  return length === 0xff_ff_ff_ff ? 0 : length;
}

function shiftOf(elst: Buffer | undefined, movieScale: number, timescale: number): Seconds {
  if (elst === undefined || movieScale === 0) return 0;
  const [isLong, step] = elst[0] === 1 ? [true, 20] : [false, 12];
  let delay = 0;
  for (let at = 8; at + step <= elst.length; at += step) {
    const length = isLong ? Number(elst.readBigUInt64BE(at)) : elst.readUInt32BE(at);
    const from = isLong ? Number(elst.readBigInt64BE(at + 8)) : elst.readInt32BE(at + 4);
    if (from >= 0) return delay - from / timescale;
    delay += length / movieScale;
  }
  return delay;
}

/** The widths of a sample size (8.7.3); others are no table. */
const SAMPLE_SIZE_BITS: ReadonlySet<number> = new Set([4, 8, 16, 32]);

type Table = {
  readonly count: number;
  readonly sizeOf: (index: number) => Bytes;
  readonly chunks: readonly Bytes[];
  readonly runs: readonly (readonly number[])[];
  readonly times: readonly (readonly number[])[];
  readonly shifts: readonly (readonly number[])[];
  readonly decodeEnd: number;
};

function sampleTable(stbl: Buffer): Table {
  const stsz = findBox(stbl, "stsz");
  const compact = findBox(stbl, "stz2");
  const sizes = stsz ?? compact;
  const fixed = stsz && stsz.length >= 12 ? stsz.readUInt32BE(4) : 0;
  const bits = stsz ? 32 : (compact?.[7] ?? 32);
  const isReadable = SAMPLE_SIZE_BITS.has(bits) && (sizes?.length ?? 0) >= 12;
  const declared = sizes && isReadable ? sizes.readUInt32BE(8) : 0;
  const count = fixed > 0 ? declared : Math.min(declared, Math.floor((((sizes?.length ?? 12) - 12) * 8) / bits));
  const times = entries(findBox(stbl, "stts"), 2);
  const co64 = findBox(stbl, "co64");
  return {
    count,
    sizeOf: (index) => (fixed > 0 ? fixed : sizeAt(sizes as Buffer, bits, index)),
    chunks:
      co64 && co64.length >= 8
        ? Array.from({ length: Math.min(co64.readUInt32BE(4), (co64.length - 8) >> 3) }, (_, i) =>
            Number(co64.readBigUInt64BE(8 + 8 * i)),
          )
        : entries(findBox(stbl, "stco"), 1).map(([offset = 0]) => offset),
    runs: entries(findBox(stbl, "stsc"), 3),
    times,
    shifts: entries(findBox(stbl, "ctts"), 2),
    decodeEnd: times.reduce((sum, [n = 0, delta = 0]) => sum + n * delta, 0),
  };
}

function sizeAt(sizes: Buffer, bits: number, index: number): Bytes {
  if (bits === 4) return ((sizes[12 + (index >> 1)] as number) >> (index % 2 === 0 ? 4 : 0)) & 15;
  return sizes.readUIntBE(12 + (index * bits) / 8, bits / 8);
}

function entries(box: Buffer | undefined, width: number): number[][] {
  if (box === undefined || box.length < 8) return [];
  const count = Math.min(box.readUInt32BE(4), Math.floor((box.length - 8) / (4 * width)));
  return Array.from({ length: count }, (_, row) =>
    Array.from({ length: width }, (__, column) => box.readUInt32BE(8 + 4 * (row * width + column))),
  );
}

function* samplesOf(table: Table, timescale: number, shiftSeconds: Seconds): Generator<Sample> {
  const times = expand(table.times);
  const shifts = expand(table.shifts);
  let index = 0;
  let decode = 0;
  for (const [run, [first = 1, perChunk = 0]] of table.runs.entries()) {
    const last = (table.runs[run + 1]?.[0] ?? table.chunks.length + 1) - 1;
    for (let chunk = first; chunk <= last && chunk >= 1 && chunk <= table.chunks.length; chunk++) {
      let offset = table.chunks[chunk - 1] as Bytes;
      for (let i = 0; i < perChunk && index < table.count; i++, index++) {
        const delta = times.next().value ?? 0;
        // Version 0 of the table is unsigned by the standard; writers store negative numbers all the same.
        const startSeconds = (decode + ((shifts.next().value ?? 0) | 0)) / timescale + shiftSeconds;
        const size = table.sizeOf(index);
        yield { offset, size, startSeconds, endSeconds: startSeconds + delta / timescale };
        offset += size;
        decode += delta;
      }
    }
  }
  // Sample sizes without a chunk that holds them: there is no place to read them from.
  if (index < table.count) {
    const startSeconds = decode / timescale + shiftSeconds;
    yield { offset: Number.MAX_SAFE_INTEGER, size: 1, startSeconds, endSeconds: startSeconds };
  }
}

function* expand(rows: readonly (readonly number[])[]): Generator<number, undefined> {
  for (const [count = 0, value = 0] of rows) for (let i = 0; i < count; i++) yield value;
}

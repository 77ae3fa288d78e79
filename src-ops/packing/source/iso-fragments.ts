import type { Bytes } from "../../../src-shared/units.ts";
import { findBox, innerBoxes } from "./iso-boxes.ts";
import type { IsoTrack, Sample } from "./iso-track.ts";

// Samples that all take their size and duration from the header need no bytes of the file: a wild count must end.
const MAX_RUN = 1_000_000;

type Defaults = { readonly duration: number; readonly size: Bytes };

/** Reads the samples of movie fragments one after the other (ISO/IEC 14496-12, 8.8). */
export function createFragmentReader(moov: Buffer, tracks: readonly IsoTrack[]) {
  const defaults = new Map<number, Defaults>();
  const mvex = findBox(moov, "mvex");
  for (const { type, start, end } of mvex ? innerBoxes(mvex) : []) {
    const trex = (mvex as Buffer).subarray(start, end);
    if (type === "trex" && trex.length >= 24) {
      defaults.set(trex.readUInt32BE(4), { duration: trex.readUInt32BE(12), size: trex.readUInt32BE(16) });
    }
  }
  const decoded = new Map(tracks.map(({ id, decodeEnd }) => [id, decodeEnd]));

  /** The samples of one fragment, with their track. `at` is the position of its box in the file. */
  return function* samplesIn(moof: Buffer, at: Bytes): Generator<{ trackId: number; sample: Sample }> {
    let next: Bytes = at;
    for (const traf of innerBoxes(moof).filter(({ type }) => type === "traf")) {
      const header = readHeader(findBox(moof, "tfhd", traf), at);
      const track = tracks.find(({ id }) => id === header?.trackId);
      if (header === undefined || track === undefined || track.timescale === 0) continue;
      const fallback = defaults.get(track.id);
      const tfdt = findBox(moof, "tfdt", traf);
      let decode = tfdt && tfdt.length >= 8 ? baseTime(tfdt) : (decoded.get(track.id) ?? 0);
      for (const { type, start, end } of innerBoxes(moof, traf.start, traf.end)) {
        if (type !== "trun") continue;
        for (const { offset, size, duration, shift } of readRun(moof.subarray(start, end), header, fallback, next)) {
          const startSeconds = (decode + shift) / track.timescale + track.shiftSeconds;
          const endSeconds = startSeconds + duration / track.timescale;
          yield { trackId: track.id, sample: { offset, size, startSeconds, endSeconds } };
          decode += duration;
          next = offset + size;
        }
      }
      decoded.set(track.id, decode);
    }
  };
}

type Header = { readonly trackId: number; readonly base: Bytes; readonly duration?: number; readonly size?: Bytes };

function readHeader(tfhd: Buffer | undefined, moofAt: Bytes): Header | undefined {
  if (tfhd === undefined || tfhd.length < 8) return undefined;
  const flags = tfhd.readUIntBE(1, 3);
  const fields = [flags & 1 ? 8 : 0, flags & 2 ? 4 : 0, flags & 8 ? 4 : 0, flags & 0x10 ? 4 : 0];
  if (tfhd.length < fields.reduce((sum, width) => sum + width, 8)) return undefined;
  const at = 8 + (fields[0] as number) + (fields[1] as number);
  return {
    trackId: tfhd.readUInt32BE(4),
    base: flags & 1 ? Number(tfhd.readBigUInt64BE(8)) : moofAt,
    ...(flags & 8 ? { duration: tfhd.readUInt32BE(at) } : {}),
    ...(flags & 0x10 ? { size: tfhd.readUInt32BE(at + (fields[2] as number)) } : {}),
  };
}

function baseTime(tfdt: Buffer): number {
  return tfdt[0] === 1 && tfdt.length >= 12 ? Number(tfdt.readBigUInt64BE(4)) : tfdt.readUInt32BE(4);
}

function* readRun(trun: Buffer, header: Header, defaults: Defaults | undefined, next: Bytes) {
  if (trun.length < 8) return;
  const flags = trun.readUIntBE(1, 3);
  const hasOffset = (flags & 1) !== 0 && trun.length >= 12;
  let offset: Bytes = hasOffset ? header.base + trun.readInt32BE(8) : next;
  let at = 8 + (flags & 1 ? 4 : 0) + (flags & 4 ? 4 : 0);
  const width = 4 * [0x100, 0x200, 0x400, 0x800].filter((flag) => flags & flag).length;
  const count = Math.min(trun.readUInt32BE(4), MAX_RUN);
  for (let i = 0; i < count && at + width <= trun.length; i++) {
    const field = (flag: number) => {
      const value = flags & flag ? trun.readUInt32BE(at) : undefined;
      if (value !== undefined) at += 4;
      return value;
    };
    const duration = field(0x100) ?? header.duration ?? defaults?.duration ?? 0;
    const size = field(0x200) ?? header.size ?? defaults?.size ?? 0;
    // Nothing in the file stands for such a sample: a wild count of them would never end.
    if (width === 0 && size === 0) return;
    field(0x400);
    yield { offset, size, duration, shift: (field(0x800) ?? 0) | 0 };
    offset += size;
  }
}

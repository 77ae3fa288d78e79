import { readFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../../build/electron-runtime.ts";
import type { FileWindow } from "../../src-ops/packing/source/index.ts";
import { parseJpegs } from "../../src-ops/packing/jpeg.ts";
import { scanIso, walkIso } from "../../src-ops/packing/source/iso-film.ts";
import { scanMatroska } from "../../src-ops/packing/source/matroska.ts";

/** A film in memory, as the readers of films see a file. */
function windowOn(bytes: Uint8Array): FileWindow {
  const whole = Buffer.from(bytes);
  return {
    size: whole.length,
    read: async (at, length) => whole.subarray(at, Math.max(at, at + length)),
    close: async () => undefined,
  };
}

async function walkWholeFilm(bytes: Uint8Array): Promise<number> {
  const file = windowOn(bytes);
  const facts = await scanIso(file);
  let samples = 0;
  for (const { id } of facts.tracks) for await (const { endSeconds } of walkIso(file, facts, id)) samples += endSeconds;
  return samples;
}

/** The headers of the clips: what the readers parse. Their media data would only make each try slower. */
const films = (...names: string[]) =>
  names.map((name) => withoutMedia(readFileSync(join(projectRoot, "test", "media", name))));

function withoutMedia(film: Buffer): Uint8Array {
  const media = film.indexOf("mdat");
  if (media === -1) return film.subarray(0, 8_192);
  const size = film.readUInt32BE(media - 4);
  return Buffer.concat([film.subarray(0, media - 4), film.subarray(media - 4 + size)]);
}

const u32 = (...values: number[]) => {
  const bytes = Buffer.alloc(4 * values.length);
  for (const [index, value] of values.entries()) bytes.writeUInt32BE(value, 4 * index);
  return bytes;
};
const box = (type: string, ...content: Buffer[]) => {
  const body = Buffer.concat([Buffer.from(type, "latin1"), ...content]);
  return Buffer.concat([u32(body.length + 4), body]);
};

/** A movie header with one track, and what follows it. */
function smallFilm(table: Buffer, ...rest: Buffer[]): Uint8Array {
  const hdlr = box("hdlr", u32(0, 0), Buffer.from("vide"), u32(0));
  const mdia = box("mdia", box("mdhd", u32(0, 0, 0, 1_000, 0, 0)), hdlr, box("minf", table));
  const trak = box("trak", box("tkhd", u32(7, 0, 0, 1, 0, 0, 0)), mdia);
  const mvex = box("mvex", box("trex", u32(0, 1, 1, 40, 9, 0)));
  return Buffer.concat([box("moov", box("mvhd", u32(0, 0, 0, 1_000, 0)), trak, mvex), ...rest]);
}

/** One fragment with two samples that have their own size, and one with as many as a hostile count says. */
const fragmentedFilm = () => {
  const traf = (trun: Buffer) => box("traf", box("tfhd", u32(0x20000, 1)), box("tfdt", u32(0, 0)), trun);
  const own = traf(box("trun", u32(0x301, 2, 60, 40, 9, 40, 9)));
  const wild = Array.from({ length: 40 }, () => box("trun", u32(0, 0xffffffff)));
  const noSize = box("traf", box("tfhd", u32(0x10, 1, 0)), ...wild);
  return smallFilm(box("stbl"), box("moof", own), box("mdat", Buffer.alloc(18)), box("moof", noSize));
};

/** Sample sizes of this many bits (4, 8 and 16 exist), and a table of chunks of so many bytes. */
function compactFilm(bits: number, chunkBytes = 16): Uint8Array {
  const sizes = box("stz2", u32(0, bits, 4, 0x11111111, 0x11111111));
  const chunks = box("co64", u32(0, 1, 0, 8).subarray(0, chunkBytes));
  return smallFilm(box("stbl", sizes, chunks, box("stsc", u32(0, 1, 1, 4, 1)), box("stts", u32(0, 1, 4, 40))));
}

/** The readers of films, which see whatever a publisher was sent. */
/** Two pictures of one pixel, one after another, as ffmpeg writes them. */
const smallJpegs = () => {
  const segment = (marker: number, ...content: number[]) => [0xff, marker, 0, content.length + 2, ...content];
  const frame = segment(0xc0, 8, 0, 1, 0, 1, 1, 1, 0x11, 0);
  const scan = [...segment(0xda, 1, 1, 0, 0, 63, 0), 0x2b, 0xff, 0, 0x7f, 0xff, 0xd0, 0x15];
  const picture = [0xff, 0xd8, ...segment(0xe0, 1, 2, 3), ...frame, ...segment(0xc4, 0, 1), ...scan, 0xff, 0xd9];
  return Uint8Array.from([...picture, ...picture]);
};

export const FILM_TARGETS = [
  { name: "jpegs", run: parseJpegs, seeds: [smallJpegs()] },
  {
    name: "iso-film",
    run: walkWholeFilm,
    seeds: [
      ...films("harbour.mp4", "lighthouse.mp4"),
      fragmentedFilm(),
      ...[0, 3, 4, 16, 64].map((bits) => compactFilm(bits)),
      compactFilm(8, 4),
    ],
  },
  {
    name: "matroska-film",
    run: (bytes: Uint8Array) => scanMatroska(windowOn(bytes)),
    seeds: films("tides.webm"),
  },
];

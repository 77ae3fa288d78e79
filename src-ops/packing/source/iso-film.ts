import type { FileWindow } from "./file-window.ts";
import { fileBoxes, findBox, readContent } from "./iso-boxes.ts";
import { createFragmentReader } from "./iso-fragments.ts";
import type { WalkedSample } from "./walked-sample.ts";
import { type IsoTrack, readTracks, type Sample } from "./iso-track.ts";

export type IsoFacts = {
  readonly tracks: readonly IsoTrack[];
  readonly isEncrypted: boolean;
  /** A movie header was found; without one there is nothing to play. */
  readonly hasHeader: boolean;
  /** There is media data. */
  readonly hasData: boolean;
  readonly moov: Buffer;
  readonly hasInnerText: boolean;
};

const TEXT_HANDLERS = new Set(["sbtl", "subt", "text", "subp", "clcp"]);

// Sample entries of protected tracks: Common Encryption (ISO/IEC 23001-7), and the store that came before it.
const PROTECTED = new Set(["encv", "enca", "enct", "encs", "drmi", "drms", "drmt"]);

export async function scanIso(file: FileWindow): Promise<IsoFacts> {
  let moov: Buffer | undefined;
  let hasData = false;
  for await (const box of fileBoxes(file)) {
    if (box.type === "moov") moov ??= await readContent(file, box);
    if (box.type === "mdat") hasData = true;
  }
  const tracks = moov ? readTracks(moov) : [];
  const isEncrypted = tracks.some(({ formats }) => formats.some((format) => PROTECTED.has(format)));
  const hasInnerText =
    tracks.some(({ handler }) => TEXT_HANDLERS.has(handler)) || (moov && findBox(moov, "udta/chpl")) !== undefined;
  return { tracks, isEncrypted, hasHeader: moov !== undefined, hasData, moov: moov ?? Buffer.alloc(0), hasInnerText };
}

/**
 * Every sample of a track, those of the header first, then those of the fragments. A file may have both, and then a
 * reader that looks for one kind misses the rest.
 */
export async function* walkIso(file: FileWindow, facts: IsoFacts, trackId: number): AsyncGenerator<WalkedSample> {
  const track = facts.tracks.find(({ id }) => id === trackId);
  if (track === undefined) return;
  for (const sample of track.samples()) yield await withData(file, trackId, sample);
  const samplesIn = createFragmentReader(facts.moov, facts.tracks);
  let lastEnd = 0;
  for await (const box of fileBoxes(file)) {
    if (box.type !== "moof") continue;
    const moof = await readContent(file, box);
    // A fragment that is cut off in its own header.
    if (moof === undefined) return yield { trackId, startSeconds: lastEnd, endSeconds: lastEnd, data: undefined };
    for (const { trackId: owner, sample } of samplesIn(moof, box.at)) {
      if (owner !== trackId) continue;
      lastEnd = sample.endSeconds;
      yield await withData(file, trackId, sample);
    }
  }
}

async function withData(file: FileWindow, trackId: number, { offset, size, ...times }: Sample): Promise<WalkedSample> {
  const isInside = offset >= 0 && offset + size <= file.size;
  return { trackId, ...times, data: isInside ? await file.read(offset, size) : undefined };
}

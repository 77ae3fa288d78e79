import { EncodedPacketSink, type InputTrack } from "mediabunny";
import { ok } from "../../../src-shared/result.ts";
import type { Bytes, Seconds } from "../../../src-shared/units.ts";
import { type Attempt, fail } from "../../failure.ts";
import { formatDuration } from "../../formatting.ts";
import type { FileWindow } from "./file-window.ts";
import { type IsoFacts, scanIso, walkIso } from "./iso-film.ts";
import { scanMatroska } from "./matroska.ts";
import { judgeSample, type SampleBytes } from "./sample-bytes.ts";
import type { WalkedSample } from "./walked-sample.ts";

/** A track that is walked: the number and the kind that messages name. */
export type NamedTrack<Track = InputTrack> = { readonly track: Track; readonly name: string };

/** The measured ends of a film. A track that has no samples is missing in `ends`. */
export type MeasuredFilm = { readonly durationSeconds: Seconds; readonly ends: ReadonlyMap<number, Seconds> };

/** What the container itself says, before anything is asked about codecs. */
export type Container = {
  readonly isEncrypted: boolean;
  readonly hasIndex: boolean;
  /** The time at which the file breaks off, if its own structure shows that. */
  readonly brokenAtSeconds: Seconds | undefined;
  /** There are subtitles or chapters inside. */
  readonly hasInnerText: boolean;
  readonly iso: IsoFacts | undefined;
};

export async function scanContainer(file: FileWindow, isMatroska: boolean): Promise<Container> {
  if (isMatroska) return { ...(await scanMatroska(file)), iso: undefined };
  const iso = await scanIso(file);
  return {
    isEncrypted: iso.isEncrypted,
    hasIndex: true,
    brokenAtSeconds: undefined,
    hasInnerText: iso.hasInnerText,
    iso,
  };
}

/** Walks over every sample of these tracks, reads its bytes, and measures the film. */
export async function measureFilm(
  path: string,
  file: FileWindow,
  container: Container,
  tracks: readonly NamedTrack[],
  signal: AbortSignal,
  onRead: (bytes: Bytes) => void,
): Promise<Attempt<MeasuredFilm>> {
  const ends = new Map<number, Seconds>();
  for (const { track, name } of tracks) {
    const lengthBytes = await unitLengthBytes(track);
    const samples = container.iso ? walkIso(file, container.iso, track.id) : walkPackets(track);
    const isRaw = ((await track.getCodec()) ?? "").startsWith("pcm");
    for await (const { startSeconds, endSeconds, data } of samples) {
      signal.throwIfAborted();
      onRead(data?.length ?? 0);
      if (data === undefined) return incomplete(path, name, startSeconds, "the file ends there");
      const bytes: SampleBytes = isRaw ? "plausible" : judgeSample(data, lengthBytes);
      if (bytes === "malformed" && !ends.has(track.id)) return malformed(path, name);
      if (bytes !== "plausible") return incomplete(path, name, startSeconds, "its data is destroyed there");
      ends.set(track.id, Math.max(ends.get(track.id) ?? 0, endSeconds));
    }
  }
  const durationSeconds = Math.round(Math.max(0, ...ends.values()) * 1000) / 1000;
  if (container.brokenAtSeconds !== undefined) {
    const at = Math.min(container.brokenAtSeconds, durationSeconds || Infinity);
    return incomplete(path, "file", at, "its structure breaks there");
  }
  const video = tracks[0];
  if (video && !ends.has(video.track.id)) return empty(path);
  return ok({ durationSeconds, ends });
}

export function incomplete(path: string, what: string, at: Seconds, why: string) {
  const message = `${path} is not whole: ${what} at ${formatDuration(at)}, ${why}. Copy or export the film again.`;
  return fail("SOURCE_INCOMPLETE", message, { track: what, seconds: at });
}

export function empty(path: string) {
  const message = `${path} has no picture in it, only a header (a piece of a stream?): export the whole film into one file.`;
  return fail("SOURCE_EMPTY", message);
}

function malformed(path: string, name: string) {
  return fail(
    "SOURCE_MALFORMED",
    `${path}: the samples of its ${name} do not have the form that its header describes: write the file anew with ` +
      "`ffmpeg -i IN -c copy OUT.mp4`.",
  );
}

async function* walkPackets(track: InputTrack): AsyncGenerator<WalkedSample> {
  for await (const { timestamp, duration, data } of new EncodedPacketSink(track).packets()) {
    yield { trackId: track.id, startSeconds: timestamp, endSeconds: timestamp + duration, data };
  }
}

/** The width of the length before each unit, from the last two bits of byte 4 (`avcC`) or 21 (`hvcC`). */
async function unitLengthBytes(track: InputTrack): Promise<number> {
  const codec = await track.getCodec();
  if (codec !== "avc" && codec !== "hevc") return 0;
  const config = await (track.isVideoTrack() ? track.getDecoderConfig() : undefined);
  const description = config?.description;
  // Without a description the samples are a byte stream with start codes.
  if (!description) return 0;
  const bytes = ArrayBuffer.isView(description)
    ? new Uint8Array(description.buffer, description.byteOffset, description.byteLength)
    : new Uint8Array(description as ArrayBuffer);
  return ((bytes[codec === "avc" ? 4 : 21] ?? 3) & 3) + 1;
}

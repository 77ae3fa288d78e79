import type { InputTrack } from "mediabunny";

// What Chromium decodes without the operating system's help (notes/playback.md). Anything else would be a black
// picture or silence at the viewer's, so it is refused at the publisher's.
const VIDEO_CODECS = new Set(["avc", "vp8", "vp9", "av1"]);
const AUDIO_CODECS = new Set(["aac", "mp3", "opus", "vorbis", "flac"]);

const KNOWN_NAMES: Readonly<Record<string, string>> = {
  hevc: "HEVC (H.265)",
  mp4v: "MPEG-4 Part 2",
  ac3: "AC-3",
  eac3: "E-AC-3",
};

/** The name, for people, of a codec that Chromium does not play; `undefined` where it plays the track. */
export async function unplayableCodec(track: InputTrack): Promise<string | undefined> {
  const codec = await track.getCodec();
  const playable = track.isVideoTrack() ? VIDEO_CODECS : AUDIO_CODECS;
  if (codec !== null && playable.has(codec)) return undefined;
  const inFile = await track.getInternalCodecId();
  const id = codec ?? (typeof inFile === "string" ? inFile : "unknown");
  // The id stands in the file: only what is printable reaches a terminal.
  return KNOWN_NAMES[id] ?? id.replaceAll(/[^\x20-\x7e]/g, "?").slice(0, 40);
}

import type { InputTrack } from "mediabunny";

// The codecs that Chromium decodes without the operating system (notes/playback.md). With any other codec the viewer
// would get a black picture or no sound, so it is refused when the video is packed.
const VIDEO_CODECS = new Set(["avc", "vp8", "vp9", "av1"]);
const AUDIO_CODECS = new Set(["aac", "mp3", "opus", "vorbis", "flac"]);

const KNOWN_NAMES: Readonly<Record<string, string>> = {
  hevc: "HEVC (H.265)",
  mp4v: "MPEG-4 Part 2",
  ac3: "AC-3",
  eac3: "E-AC-3",
};

/** The readable name of the track's codec if Chromium cannot play it; `undefined` if it can. */
export async function unplayableCodec(track: InputTrack): Promise<string | undefined> {
  const codec = await track.getCodec();
  const playable = track.isVideoTrack() ? VIDEO_CODECS : AUDIO_CODECS;
  if (codec !== null && playable.has(codec)) return undefined;
  const inFile = await track.getInternalCodecId();
  const id = codec ?? (typeof inFile === "string" ? inFile : "unknown");
  // The id comes from the file (attacker-controlled): only printable characters may reach a terminal.
  return KNOWN_NAMES[id] ?? id.replaceAll(/[^\x20-\x7e]/g, "?").slice(0, 40);
}

import type { InputTrack } from "mediabunny";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";

// What the app's own Chromium decoded when a clip of each was played in it (build/decoder-table.ts). With anything else
// the viewer would get a black picture or no sound, so it is refused when the video is packed.
const Answers = v.record(v.string(), v.boolean());
const DecoderTable = v.object({ electron: v.string(), video: Answers, sound: Answers });
export const DECODERS = v.parse(
  DecoderTable,
  JSON.parse(readFileSync(join(import.meta.dirname, "decoder-table.json"), "utf8")),
);

const KNOWN_NAMES: Readonly<Record<string, string>> = {
  hevc: "HEVC (H.265)",
  hvc1: "HEVC (H.265)",
  hev1: "HEVC (H.265)",
  mp4v: "MPEG-4 Part 2",
  "V_MPEG4/ISO/ASP": "MPEG-4 Part 2",
  V_MPEG2: "MPEG-2",
  apcn: "ProRes",
  apch: "ProRes",
  apcs: "ProRes",
  ap4h: "ProRes",
  jpeg: "JPEG picture",
  ac3: "AC-3",
  eac3: "E-AC-3",
  A_DTS: "DTS",
  alac: "Apple Lossless (ALAC)",
  "mp4a.40.42": "xHE-AAC",
};

/** The readable name of the track's codec if Chromium cannot play it; `undefined` if it can. */
export async function unplayableCodec(track: InputTrack): Promise<string | undefined> {
  const codec = await track.getCodec();
  const parameters = await track.getCodecParameterString();
  const answers = track.isVideoTrack() ? DECODERS.video : DECODERS.sound;
  if (codec !== null && parameters !== null && answers[profileOf(parameters)] === true) return undefined;
  const inFile = await track.getInternalCodecId();
  const id = (parameters && KNOWN_NAMES[parameters]) ?? codec ?? (typeof inFile === "string" ? inFile : "unknown");
  // The id comes from the file (attacker-controlled): only printable characters may reach a terminal.
  return KNOWN_NAMES[id] ?? id.replaceAll(/[^\x20-\x7e]/g, "?").slice(0, 40);
}

/** The name in the table of a codec string (RFC 6381): the codec with its profile, without the level. */
export function profileOf(codec: string): string {
  const [name = "", profile = ""] = codec.split(".");
  switch (name) {
    case "avc1":
    case "avc3":
      return `avc1.${profile.slice(0, 2).toLowerCase()}`;
    case "vp09":
    case "av01":
      return `${name}.${profile}`;
    case "hvc1":
    case "hev1":
      return `hvc1.${profile}`;
    default:
      return codec === "mp4a.69" || codec.toLowerCase() === "mp4a.6b" ? "mp3" : codec;
  }
}

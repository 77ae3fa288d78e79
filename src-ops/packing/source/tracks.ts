import type { Input, InputAudioTrack, InputTrack, InputVideoTrack } from "mediabunny";
import { ok } from "../../../src-shared/result.ts";
import { type Attempt, fail } from "../../failure.ts";
import { unplayableCodec } from "../codecs.ts";
import { empty, type NamedTrack } from "./inspect-film.ts";

export const CONVERT = "convert it first, for example with `ffmpeg -i IN -c:v libx264 -c:a aac OUT.mp4`";

/** The tracks that the player plays: the first picture that it decodes, and every sound that it decodes. */
export type ChosenTracks = {
  /** `index` counts the video tracks only. */
  readonly video: NamedTrack<InputVideoTrack> & { readonly index: number };
  readonly sounds: readonly NamedTrack<InputAudioTrack>[];
  readonly notes: readonly string[];
};

/** Keeps the tracks that Chromium plays. The others stay in the file, where Chromium ignores them. */
export async function chooseTracks(path: string, input: Input): Promise<Attempt<ChosenTracks>> {
  const tracks = await input.getTracks();
  if (tracks.length === 0) return empty(path);
  const refused: { name: string; codec: string; isVideo: boolean }[] = [];
  const videos: ChosenTracks["video"][] = [];
  let videoCount = 0;
  const sounds: NamedTrack<InputAudioTrack>[] = [];
  for (const [position, track] of tracks.entries()) {
    const codec = await unplayableCodec(track);
    const name = `${track.isVideoTrack() ? "video" : "sound"} track ${position + 1}`;
    const index = track.isVideoTrack() ? videoCount++ : 0;
    if (codec === undefined && track.isVideoTrack()) videos.push({ track, name, index });
    else if (codec === undefined && track.isAudioTrack()) sounds.push({ track, name });
    else if (codec !== undefined) refused.push({ name, codec, isVideo: track.isVideoTrack() });
  }
  const [video, ...otherVideos] = videos;
  if (!video) {
    const picture = refused.find(({ isVideo }) => isVideo);
    if (!picture) return fail("NO_VIDEO_TRACK", `${path} has no video track: only videos can be packed.`);
    return (await isWithoutSamples(tracks)) ? empty(path) : refuseCodec(path, picture.name, "video", picture.codec);
  }
  const silent = refused.find(({ isVideo }) => !isVideo);
  if (sounds.length === 0 && silent) return refuseCodec(path, silent.name, "sound", silent.codec);
  const notes = [
    ...refused.map(({ name, codec }) => `${path}: ${name} (${codec}) is left out: the app does not play it.`),
    ...otherVideos.map(({ name }) => `${path}: ${name} is left out: the app shows the first picture only.`),
  ];
  return ok({ video, sounds, notes });
}

async function isWithoutSamples(tracks: readonly InputTrack[]): Promise<boolean> {
  for (const track of tracks) if ((await track.computePacketStats(1)).packetCount > 0) return false;
  return true;
}

function refuseCodec(path: string, track: string, kind: string, codec: string) {
  return fail(
    "CODEC_UNSUPPORTED",
    `${path}: the app does not play its ${kind} codec ${codec} (${track}): ${CONVERT}.`,
    {
      track,
    },
  );
}

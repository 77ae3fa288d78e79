import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { playTrial } from "../src-ops/packing/trial/index.ts";
import { driveElectron } from "./drive-electron.ts";
import { launcherSwitches, projectRoot, readElectronRuntime } from "./electron-runtime.ts";

// Plays a clip of each codec and profile in the app's own Chromium, and writes what it decoded to
// src-ops/packing/decoder-table.json: `xvfb-run node build/decoder-table.ts`, after every change of Electron. Needs an
// ffmpeg with libx264, libx265, libvpx, libaom and libmp3lame. A profile stands for all of its levels: they limit
// hardware decoders, and the app decodes in software. What is not in the table is refused.

const X264 = "-c:v libx264 -preset ultrafast -pix_fmt";
const VP9 = "-c:v libvpx-vp9 -deadline realtime -pix_fmt";
const AV1 = "-c:v libaom-av1 -cpu-used 8 -usage realtime -pix_fmt";

/** The name in the table, the container of the clip, and how ffmpeg encodes it. */
const VIDEO: readonly (readonly [name: string, container: string, encode: string])[] = [
  ["avc1.42", "mp4", `${X264} yuv420p -profile:v baseline`],
  ["avc1.4d", "mp4", "-c:v libx264 -profile:v main -pix_fmt yuv420p"],
  ["avc1.64", "mp4", "-c:v libx264 -profile:v high -pix_fmt yuv420p"],
  ["avc1.6e", "mp4", `${X264} yuv420p10le`],
  ["avc1.7a", "mp4", `${X264} yuv422p`],
  ["avc1.f4", "mp4", `${X264} yuv444p`],
  ["hvc1.1", "mp4", "-c:v libx265 -preset ultrafast -pix_fmt yuv420p -tag:v hvc1"],
  ["hvc1.2", "mp4", "-c:v libx265 -preset ultrafast -pix_fmt yuv420p10le -tag:v hvc1"],
  ["vp8", "webm", "-c:v libvpx -deadline realtime"],
  ["vp09.00", "webm", `${VP9} yuv420p`],
  ["vp09.01", "webm", `${VP9} yuv444p`],
  ["vp09.02", "webm", `${VP9} yuv420p10le`],
  ["vp09.03", "webm", `${VP9} yuv444p10le`],
  ["av01.0", "mp4", `${AV1} yuv420p`],
  ["av01.1", "mp4", `${AV1} yuv444p`],
  ["av01.2", "mp4", `${AV1} yuv422p`],
  ["mp4v", "mp4", "-c:v mpeg4"],
  ["mpeg2", "mkv", "-c:v mpeg2video"],
  ["theora", "mkv", "-c:v libtheora"],
  ["prores", "mov", "-c:v prores_ks"],
  ["mjpeg", "mov", "-c:v mjpeg -pix_fmt yuvj420p"],
];

const SOUND: typeof VIDEO = [
  ["mp4a.40.1", "mp4", "-c:a aac -profile:a aac_main"],
  ["mp4a.40.2", "mp4", "-c:a aac"],
  ["mp4a.40.4", "mp4", "-c:a aac -profile:a aac_ltp -strict -2"],
  ["mp3", "mp4", "-c:a libmp3lame"],
  ["mp2", "mp4", "-c:a mp2"],
  ["opus", "mp4", "-c:a libopus"],
  ["vorbis", "mkv", "-c:a libvorbis"],
  ["flac", "mkv", "-c:a flac"],
  ["alac", "mov", "-c:a alac"],
  ["ac-3", "mp4", "-c:a ac3"],
  ["ec-3", "mp4", "-c:a eac3"],
  ["dtsc", "mkv", "-c:a dca -strict -2"],
  ["pcm-s16", "mov", "-c:a pcm_s16le"],
  ["pcm-s16be", "mov", "-c:a pcm_s16be"],
  ["pcm-s24", "mov", "-c:a pcm_s24le"],
  ["pcm-s24be", "mov", "-c:a pcm_s24be"],
  ["pcm-s32", "mov", "-c:a pcm_s32le"],
  ["pcm-s32be", "mov", "-c:a pcm_s32be"],
  ["pcm-f32", "mov", "-c:a pcm_f32le"],
  ["pcm-f32be", "mov", "-c:a pcm_f32be"],
  ["pcm-f64", "mov", "-c:a pcm_f64le"],
  ["pcm-f64be", "mov", "-c:a pcm_f64be"],
  ["pcm-u8", "mov", "-c:a pcm_u8"],
  ["pcm-s8", "mov", "-c:a pcm_s8"],
  ["ulaw", "mov", "-c:a pcm_mulaw"],
  ["alaw", "mov", "-c:a pcm_alaw"],
];

/** Profiles that ffmpeg decodes but does not encode: Chromium is asked. HE-AAC is 5 and 29, xHE-AAC is 42. */
const ASKED_SOUND = ["mp4a.40.5", "mp4a.40.29", "mp4a.40.42"];

const PICTURE = "-f lavfi -i testsrc2=s=192x108:r=12:d=3";
const TONE = "-f lavfi -i sine=frequency=440:sample_rate=48000:duration=3";

const folder = mkdtempSync(join(tmpdir(), "uvv-decoders-"));
const { executable, version } = readElectronRuntime();
try {
  const clips = [
    ...VIDEO.map(([name, container, encode]) => makeClip(name, container, `${PICTURE} ${encode}`)),
    ...SOUND.map(([name, container, encode]) =>
      makeClip(name, container, `${PICTURE} ${TONE} -c:v libx264 -pix_fmt yuv420p ${encode}`),
    ),
  ];
  const program = { program: executable, switches: launcherSwitches() };
  const results = await playTrial(program, clips, AbortSignal.timeout(600_000));
  if (results.length !== clips.length) throw new Error(`only ${results.length} of ${clips.length} clips were played`);
  const table = {
    electron: version,
    video: Object.fromEntries(VIDEO.map(([name], i) => [name, (results[i]?.picturesAfterSeek ?? 0) > 0])),
    sound: {
      ...Object.fromEntries(SOUND.map(([name], i) => [name, (results[VIDEO.length + i]?.soundBytes ?? 0) > 0])),
      ...(await ask(ASKED_SOUND)),
    },
  };
  writeFileSync(join(projectRoot, "src-ops", "packing", "decoder-table.json"), `${JSON.stringify(table, null, 2)}\n`);
} finally {
  rmSync(folder, { recursive: true });
}

function makeClip(name: string, container: string, args: string): string {
  const path = join(folder, `${name}.${container}`);
  execFileSync("ffmpeg", ["-y", "-loglevel", "error", ...args.split(" "), path], { stdio: "inherit" });
  return path;
}

async function ask(codecs: readonly string[]): Promise<Record<string, boolean>> {
  const app = await driveElectron([join(projectRoot, "test", "e2e", "browser-main.cjs")], { BROWSE_TO: "about:blank" });
  const page = await app.firstWindow();
  const answers = await page.evaluate(
    (all) => all.map((codec) => document.createElement("video").canPlayType(`audio/mp4; codecs="${codec}"`)),
    codecs,
  );
  await app.close();
  return Object.fromEntries(codecs.map((codec, i) => [codec, answers[i] === "probably"]));
}

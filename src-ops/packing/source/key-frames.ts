import { spawn } from "node:child_process";
import { resolve } from "node:path";

/** The codecs whose decoder in ffmpeg can leave out everything but key frames: the others would take too long. */
const QUICK = /^(?:avc[13]|vp8|vp09)\b/;

/**
 * Decodes every key frame with ffmpeg. `broken`: one does not decode. `unknown`: ffmpeg is not installed, or the codec
 * takes too long.
 */
export async function decodeKeyFrames(
  path: string,
  codec: string,
  videoIndex: number,
  signal: AbortSignal,
): Promise<"whole" | "broken" | "unknown"> {
  if (!QUICK.test(codec)) return "unknown";
  // Its protocols are limited, so that a hostile playlist inside a file cannot use the network.
  const args = [
    "-nostdin",
    "-loglevel",
    "error",
    "-xerror",
    "-protocol_whitelist",
    "file,pipe",
    "-skip_frame",
    "nokey",
  ];
  args.push("-i", `file:${resolve(path)}`, "-map", `0:v:${videoIndex}`, "-fps_mode", "passthrough", "-f", "null", "-");
  return new Promise((settle, reject) => {
    const child = spawn("ffmpeg", args, { stdio: ["ignore", "ignore", "pipe"], signal });
    let complaint = "";
    child.stderr.on("data", (text: Buffer) => (complaint = `${complaint}${text.toString("latin1")}`.slice(-2000)));
    child.once("error", (error) => (signal.aborted ? reject(error) : settle("unknown")));
    // An older ffmpeg that does not know an option says nothing about the film.
    child.once("close", (code) => {
      if (code === 0) settle("whole");
      else settle(/Unrecognized option|Option not found/.test(complaint) ? "unknown" : "broken");
    });
  });
}

import { execFileSync } from "node:child_process";

const PICTURE = (seconds: number) => `-f lavfi -i testsrc2=s=320x180:r=25:d=${seconds}`;
const TONE = (seconds: number) => `-f lavfi -i sine=frequency=440:sample_rate=48000:duration=${seconds}`;
const CODECS = "-c:v libx264 -preset ultrafast -pix_fmt yuv420p -c:a aac -b:a 64k";

/** Makes a film from synthetic pictures and a tone. The ending of the path gives the container. */
export function makeFilm(path: string, options = "", seconds = 4): string {
  return runFfmpeg(`${PICTURE(seconds)} ${TONE(seconds)} ${CODECS} ${options}`, path);
}

/** @param args ffmpeg's arguments, divided by spaces */
export function runFfmpeg(args: string, path: string): string {
  const words = args.split(" ").filter((word) => word !== "");
  execFileSync("ffmpeg", ["-y", "-nostdin", "-loglevel", "error", ...words, path], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  return path;
}

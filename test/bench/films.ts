import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, renameSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../../build/electron-runtime.ts";

const FOLDER = join(projectRoot, ".cache", "bench-films");

/** Generates the films: 720p at about 4 Mb/s for two minutes, and the same film repeated up to 0.5 GB and 1 GB. */
export function benchFilms(): { readonly film: string; readonly half: string; readonly large: string } {
  mkdirSync(FOLDER, { recursive: true });
  const film = join(FOLDER, "film.mp4");
  const half = join(FOLDER, "half.mp4");
  const large = join(FOLDER, "large.mp4");
  const picture = "-f lavfi -i testsrc2=s=1280x720:r=25:d=120,noise=alls=12:allf=t";
  const sound = "-f lavfi -i sine=frequency=330:sample_rate=48000:duration=120";
  const codec =
    "-c:v libx264 -preset veryfast -b:v 4M -maxrate 4M -bufsize 8M -g 50 -pix_fmt yuv420p -c:a aac -b:a 96k";
  make(film, `${picture} ${sound} ${codec} -movflags +faststart`.split(" "));
  make(half, ["-stream_loop", "7", "-i", film, "-c", "copy"]);
  make(large, ["-stream_loop", "16", "-i", film, "-c", "copy"]);
  return { film, half, large };
}

function make(path: string, args: readonly string[]): void {
  if (existsSync(path)) return;
  const unfinished = join(FOLDER, "unfinished.mp4");
  execFileSync("ffmpeg", ["-y", "-loglevel", "error", ...args, unfinished]);
  renameSync(unfinished, path);
}

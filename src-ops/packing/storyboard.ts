import { spawn } from "node:child_process";
import { resolve } from "node:path";
import { MAX_STORYBOARD_SHEET_BYTES } from "../../src-shared/limits.ts";
import { codeOf } from "../../src-shared/node/atomic-files.ts";
import { err, ok, type Result } from "../../src-shared/result.ts";
import { sheetsIn, type StoryboardLayout } from "../../src-shared/storyboard.ts";
import { MINUTE, type Milliseconds, type Seconds } from "../../src-shared/units.ts";
import { parseJpegs } from "./jpeg.ts";

/** Why there is no storyboard. */
export type StoryboardFault = "FFMPEG_MISSING" | "FAILED" | "TOO_SLOW";

export type StoryboardOrder = {
  readonly path: string;
  /** The film's track; only video tracks are counted. */
  readonly videoIndex: number;
  readonly layout: StoryboardLayout;
};

// Encoders often place a key frame every 250 frames: about ten seconds.
const MAX_GAP_IN_STEPS = 1.5;

// A tenth of the film's length is far more than key frames take.
const MAX_TIME_MS = 15 * MINUTE * 1000;

/**
 * Makes the sheets of a film's storyboard with ffmpeg. It decodes key frames alone, if the film has enough of them. Every
 * picture stays in memory: ffmpeg writes no file.
 */
export async function makeStoryboard(
  order: StoryboardOrder,
  signal: AbortSignal,
  onFrame: () => void = () => {},
  timeoutMs: Milliseconds = timeFor(order.layout),
): Promise<Result<readonly Uint8Array[], StoryboardFault>> {
  const run = (keyFramesOnly: boolean) => runFfmpeg(order, keyFramesOnly, signal, timeoutMs, onFrame);
  const quick = await run(true);
  // One picture would stand for several in a row, as in recordings of a screen.
  const isCoarse = quick.ok ? longestGap(quick.value.times, order.layout) > MAX_GAP_IN_STEPS : quick.error === "FAILED";
  const made = isCoarse ? await run(false) : quick;
  if (!made.ok) return made;
  const sheets = sheetsOf(made.value.output, order.layout);
  return sheets ? ok(sheets) : err("FAILED");
}

/** The longest time without a picture, in steps. */
function longestGap(times: readonly Seconds[], { count, everySeconds }: StoryboardLayout): number {
  // The last picture stands for less than a whole step of a film that ends before.
  const ends = [...times, (count - 0.5) * everySeconds];
  return Math.max(...ends.map((end, index) => end - (ends[index - 1] ?? 0))) / everySeconds;
}

function timeFor({ count, everySeconds }: StoryboardLayout): Milliseconds {
  return Math.min(MAX_TIME_MS, MINUTE * 1000 + count * everySeconds * 100);
}

/** The pictures, if they are what was ordered. */
function sheetsOf(output: Uint8Array, layout: StoryboardLayout): readonly Uint8Array[] | undefined {
  const sheets = parseJpegs(output) ?? [];
  const [width, height] = [layout.columns * layout.width, layout.rows * layout.height];
  const fits = sheets.every(
    (sheet) => sheet.width === width && sheet.height === height && sheet.bytes.length <= MAX_STORYBOARD_SHEET_BYTES,
  );
  return fits && sheets.length === sheetsIn(layout) ? sheets.map(({ bytes }) => bytes) : undefined;
}

/** `times`: of the pictures that were decoded. */
type Run = { readonly output: Uint8Array; readonly times: readonly Seconds[] };

function runFfmpeg(
  order: StoryboardOrder,
  keyFramesOnly: boolean,
  signal: AbortSignal,
  timeoutMs: Milliseconds,
  onFrame: () => void,
): Promise<Result<Run, StoryboardFault>> {
  const maxBytes = sheetsIn(order.layout) * MAX_STORYBOARD_SHEET_BYTES;
  return new Promise((settle, reject) => {
    const tooMuch = new AbortController();
    const limit = AbortSignal.any([signal, tooMuch.signal, AbortSignal.timeout(timeoutMs)]);
    const child = spawn("ffmpeg", argumentsFor(order, keyFramesOnly), {
      stdio: ["ignore", "pipe", "pipe"],
      signal: limit,
      // A program that hangs may not listen to anything milder.
      killSignal: "SIGKILL",
    });
    const blocks: Buffer[] = [];
    let bytes = 0;
    child.stdout.on("data", (block: Buffer) => {
      bytes += block.length;
      if (bytes > maxBytes) tooMuch.abort();
      else blocks.push(block);
    });
    const times = timesIn(child.stderr, onFrame);
    child.once("error", (error) => {
      if (signal.aborted) reject(error);
      else if (tooMuch.signal.aborted) settle(err("FAILED"));
      else settle(err(limit.aborted ? "TOO_SLOW" : codeOf(error) === "ENOENT" ? "FFMPEG_MISSING" : "FAILED"));
    });
    child.once("close", (code) => settle(code === 0 ? ok({ output: Buffer.concat(blocks), times }) : err("FAILED")));
  });
}

/** Collects the times in the lines of the filter `showinfo`. */
function timesIn(stderr: NodeJS.ReadableStream, onFrame: () => void): readonly Seconds[] {
  const times: Seconds[] = [];
  let rest = "";
  stderr.on("data", (block: Buffer) => {
    const lines = (rest + block.toString("latin1")).split("\n");
    rest = (lines.pop() ?? "").slice(-1000);
    for (const line of lines) {
      const time = Number(/\bn: *\d+ pts: *\d+ pts_time:(\d+(?:\.\d+)?)/.exec(line)?.[1] ?? NaN);
      if (!Number.isFinite(time)) continue;
      times.push(time);
      onFrame();
    }
  });
  return times;
}

function argumentsFor({ path, videoIndex, layout }: StoryboardOrder, keyFramesOnly: boolean): string[] {
  const { everySeconds, width, height, columns, rows, count } = layout;
  const filters = [
    "showinfo=checksum=0",
    // The last frame stands for the rest of the film, if its sound is longer than its picture.
    `fps=fps=1/${everySeconds}:start_time=0:round=near:eof_action=pass`,
    "tpad=stop=-1:stop_mode=clone",
    `trim=end_frame=${count}`,
    // The layout has the film's shape as it is displayed.
    `scale=${width}:${height}`,
    "setsar=1",
    `tile=${columns}x${rows}`,
    "format=yuvj420p",
  ];
  // The protocols are limited, so that a hostile playlist inside a file cannot use the network. Without `reinit_filter`, a
  // film that changes its size would begin a new sheet there.
  const args = "-nostdin -hide_banner -nostats -loglevel info -protocol_whitelist file,pipe -reinit_filter:v 0".split(
    " ",
  );
  if (keyFramesOnly) args.push("-discard:v", "nokey");
  // Frames that no other frame needs are many, and take time.
  args.push("-skip_frame", keyFramesOnly ? "nokey" : "noref");
  args.push("-i", `file:${resolve(path)}`, "-map", `0:v:${videoIndex}`, "-vf", filters.join(","));
  args.push("-fps_mode", "passthrough", "-q:v", "5", "-c:v", "mjpeg", "-f", "image2pipe", "pipe:1");
  return args;
}

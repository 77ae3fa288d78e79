import { spawn } from "node:child_process";
import { readFile, stat } from "node:fs/promises";
import { resolve } from "node:path";
import { MAX_SIDECAR_BYTES } from "../../src-shared/limits.ts";
import { ok } from "../../src-shared/result.ts";
import { MIB, type Seconds } from "../../src-shared/units.ts";
import type { CatalogVideo } from "../../src-shared/vault/index.ts";
import { type Attempt, fail } from "../failure.ts";
import { drawTitleCard } from "./title-card.ts";

export type Poster = { readonly bytes: Uint8Array; readonly type: NonNullable<CatalogVideo["poster"]>["type"] };

// The pixels of anamorphic films are not square: the width and the display shape give the height.
const SHAPE = "scale=640:trunc(640/dar/2)*2,setsar=1";
const FRAME_TIMEOUT_MS = 60_000;

/** Reads a poster that the publisher chose: JPEG, PNG or WebP, recognized by its first bytes. */
export async function readPoster(path: string): Promise<Attempt<Poster>> {
  if ((await stat(path)).size > MAX_SIDECAR_BYTES) {
    return fail("POSTER_UNSUPPORTED", `${path} is larger than ${MAX_SIDECAR_BYTES / MIB} MiB.`);
  }
  const bytes = await readFile(path);
  const type = imageType(bytes);
  if (!type) return fail("POSTER_UNSUPPORTED", `${path} is not a JPEG, PNG or WebP picture: convert it first.`);
  return ok({ bytes, type });
}

function imageType(bytes: Buffer): Poster["type"] | undefined {
  if (bytes.subarray(0, 3).equals(Buffer.from([0xff, 0xd8, 0xff]))) return "image/jpeg";
  if (bytes.subarray(0, 8).equals(Buffer.from("\x89PNG\r\n\x1a\n", "latin1"))) return "image/png";
  return bytes.toString("latin1", 0, 4) === "RIFF" && bytes.toString("latin1", 8, 12) === "WEBP"
    ? "image/webp"
    : undefined;
}

/** A frame of the video if ffmpeg is installed, else a title card. */
export async function makePoster(
  path: string,
  video: { readonly title: string; readonly durationSeconds: Seconds },
  signal: AbortSignal,
): Promise<Poster> {
  const frame = await grabFrame(path, video.durationSeconds / 10, signal);
  if (frame && frame.length <= MAX_SIDECAR_BYTES && imageType(frame) === "image/jpeg")
    return { bytes: frame, type: "image/jpeg" };
  return { bytes: drawTitleCard(video.title), type: "image/svg+xml" };
}

// ffmpeg reads the file itself and writes to its standard output, so no clear frame is ever in a temporary file. Its
// protocols are limited to these two, so that a hostile playlist inside a file cannot use the network.
function grabFrame(path: string, atSeconds: Seconds, signal: AbortSignal): Promise<Buffer | undefined> {
  const args = ["-nostdin", "-loglevel", "quiet", "-protocol_whitelist", "file,pipe", "-ss", atSeconds.toFixed(3)];
  args.push("-i", `file:${resolve(path)}`, "-frames:v", "1", "-vf", SHAPE, "-f", "mjpeg", "pipe:1");
  return new Promise((settle, reject) => {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(FRAME_TIMEOUT_MS)]);
    const child = spawn("ffmpeg", args, { stdio: ["ignore", "pipe", "ignore"], signal: limit });
    const blocks: Buffer[] = [];
    child.stdout.on("data", (block: Buffer) => blocks.push(block));
    child.once("close", () => settle(blocks.length > 0 ? Buffer.concat(blocks) : undefined));
    // ffmpeg is not installed, or too slow: the video gets a title card. Only an interruption ends the packing.
    child.once("error", (error) => (signal.aborted ? reject(error) : settle(undefined)));
  });
}

import { readdir, stat, statfs } from "node:fs/promises";
import { join } from "node:path";
import { sealedSize } from "../../src-shared/container/index.ts";
import { codeOf } from "../../src-shared/node/atomic-files.ts";
import { dataFolder } from "../../src-shared/node/vault-sweep.ts";
import { ok } from "../../src-shared/result.ts";
import { type Bytes, KIB, MIB } from "../../src-shared/units.ts";
import { type Attempt, fail } from "../failure.ts";
import { formatBytes } from "../formatting.ts";
import type { PlannedVideo } from "./plan.ts";

// What a video needs besides its own bytes: a poster, its entries in catalog and manifest (both exist twice during a
// change), and the unused ends of clusters, which are 32 KiB each on a large FAT32 stick.
const EXTRA_PER_VIDEO = 512 * KIB;
const EXTRA_IN_TOTAL = MIB;

// Nearly every picture of a storyboard is smaller.
const EXTRA_PER_PICTURE = 16 * KIB;

/** The bytes that a video will occupy on the stick, rounded up. */
export function spaceNeeded(video: PlannedVideo): Bytes {
  const subtitles = video.sidecars.subtitles.reduce((sum, { bytes }) => sum + sealedSize(bytes.length) + 64 * KIB, 0);
  const poster = video.poster ? video.poster.bytes.length : 0;
  const layout = video.storyboard?.layout;
  const storyboard = layout ? layout.count * EXTRA_PER_PICTURE + 64 * KIB : 0;
  return sealedSize(video.source.size) + subtitles + poster + storyboard + EXTRA_PER_VIDEO;
}

/** Fails before the first byte is written if the content would not fit. */
export async function requireSpace(root: string, needed: Bytes): Promise<Attempt<undefined>> {
  const { bavail, bsize, blocks } = await statfs(root);
  const free = bavail * bsize;
  // Some file systems in user space do not report their size.
  if (blocks === 0 || needed + EXTRA_IN_TOTAL <= free) return ok(undefined);
  const message = `${root} has ${formatBytes(free)} free, but ${formatBytes(needed + EXTRA_IN_TOTAL)} are needed`;
  return fail("DISK_FULL", `${message}: pack fewer videos, remove some, or use a larger stick.`);
}

/** The bytes of an encrypted file that are already on the stick. */
export async function bytesOnStick(root: string, fileId: string): Promise<Bytes> {
  try {
    let bytes = 0;
    for (const name of await readdir(dataFolder(root, fileId))) {
      bytes += (await stat(join(dataFolder(root, fileId), name))).size;
    }
    return bytes;
  } catch (error) {
    if (codeOf(error) === "ENOENT") return 0;
    throw error;
  }
}

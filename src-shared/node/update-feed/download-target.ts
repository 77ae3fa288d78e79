import type { TargetFile } from "@tufjs/models";
import { randomBytes } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, open } from "node:fs/promises";
import { dirname } from "node:path";
import { Readable } from "node:stream";
import { err, ok, type Result } from "../../result.ts";
import type { Bytes } from "../../units.ts";
import { codeOf, isOutOfSpace, removeFile, renameFile, syncFolder } from "../atomic-files.ts";
import { type FeedSource, type FetchError, readAll } from "./feed-source.ts";

export const DOWNLOAD_ERRORS = ["MISMATCH", "DISK_FULL", "NOT_WRITTEN"] as const;
export type DownloadError = FetchError | (typeof DOWNLOAD_ERRORS)[number];

/** The path of a target: with consistent snapshots its hash precedes its name (TUF 6.2). */
export function targetUrl(source: FeedSource, target: TargetFile, isConsistent: boolean): URL {
  const cut = target.path.lastIndexOf("/") + 1;
  const [hash] = Object.values(target.hashes);
  const prefix = isConsistent && hash !== undefined ? `${hash}.` : "";
  const path = `${target.path.slice(0, cut)}${prefix}${target.path.slice(cut)}`;
  return new URL(`${source.targetsUrl.replace(/\/?$/, "/")}${path.replace(/^\//, "")}`);
}

/** A small target in memory, checked against its length and hashes (TUF 5.7.2). */
export async function readTarget(
  source: FeedSource,
  target: TargetFile,
  isConsistent: boolean,
  signal: AbortSignal,
): Promise<Result<Buffer, FetchError | "MISMATCH">> {
  const read = await readAll(source, targetUrl(source, target, isConsistent), target.length, signal);
  if (!read.ok) return read;
  return (await isTarget(target, Readable.from([read.value]))) ? read : err("MISMATCH");
}

export type Download = {
  readonly source: FeedSource;
  readonly target: TargetFile;
  readonly isConsistent: boolean;
  readonly to: string;
  readonly progress: (received: Bytes) => void;
  readonly signal: AbortSignal;
};

/**
 * Downloads a target of any size to a file. The file gets its name only after its length and hashes were verified and
 * it is on disk.
 */
export async function downloadTarget({
  source,
  target,
  isConsistent,
  to,
  progress,
  signal,
}: Download): Promise<Result<undefined, DownloadError>> {
  // Another process may be downloading the same file.
  const part = `${to}.${randomBytes(6).toString("hex")}.part`;
  try {
    await mkdir(dirname(to), { recursive: true });
    const url = targetUrl(source, target, isConsistent);
    const received = await writePart(part, (sink) => source.read(url, target.length, sink, signal), progress);
    if (!received.ok) return received;
    if (!(await isTarget(target, createReadStream(part)))) return err("MISMATCH");
    await renameFile(part, to);
    await syncFolder(dirname(to));
    return ok(undefined);
  } catch (error) {
    if (codeOf(error) === "") throw error;
    return err(isOutOfSpace(error) ? "DISK_FULL" : "NOT_WRITTEN");
  } finally {
    await removeFile(part);
  }
}

/** Whether a file on disk is the target, byte for byte; a file that cannot be read is not. */
export async function isDownloaded(target: TargetFile, path: string): Promise<boolean> {
  try {
    return await isTarget(target, createReadStream(path));
  } catch (error) {
    if (codeOf(error) === "") throw error;
    return false;
  }
}

async function writePart(
  part: string,
  read: (sink: (chunk: Uint8Array) => Promise<void>) => Promise<Result<Bytes, FetchError>>,
  progress: (received: Bytes) => void,
): Promise<Result<Bytes, FetchError>> {
  const file = await open(part, "w", 0o600);
  try {
    let total = 0;
    const received = await read(async (chunk) => {
      await file.writeFile(chunk);
      total += chunk.length;
      progress(total);
    });
    if (received.ok) await file.sync();
    return received;
  } finally {
    await file.close();
  }
}

async function isTarget(target: TargetFile, content: Readable): Promise<boolean> {
  // Without a hash the length alone would be sufficient.
  if (Object.keys(target.hashes).length === 0) return false;
  try {
    await target.verify(content);
    return true;
  } catch (error) {
    // The models throw errors of their own for a wrong length, a wrong hash or an unknown algorithm; file system errors
    // have codes.
    if (codeOf(error) !== "") throw error;
    return false;
  }
}

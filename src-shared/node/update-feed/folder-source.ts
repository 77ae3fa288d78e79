import { lstat } from "node:fs/promises";
import { join } from "node:path";
import { err, ok, type Result } from "../../result.ts";
import { type Bytes, KIB } from "../../units.ts";
import { codeOf } from "../atomic-files.ts";
import { hasName } from "../list-names.ts";
import { openPlainFile } from "../plain-files.ts";
import type { FeedSource, FetchError, Sink } from "./feed-source.ts";

const BASE = "folder://feed";
const READ_BYTES: Bytes = 256 * KIB;

// The characters of a feed's file names. No separator, no drive, no stream, no leading dot.
const SAFE_NAME = /^[A-Za-z0-9_-][A-Za-z0-9._-]*$/;

/**
 * A feed in a folder: a stick's `UPDATES`, a network drive. Attacker-controlled: links are not followed, and a name
 * must exist in exactly the requested case.
 */
export function openFolderSource(root: string): FeedSource {
  return {
    metadataUrl: `${BASE}/metadata`,
    targetsUrl: `${BASE}/targets`,
    async read(url, maxBytes, sink, signal) {
      const names = url.pathname.split("/").slice(1);
      const isWithinBase = url.href.startsWith(`${BASE}/`) && url.search === "" && url.hash === "";
      if (!isWithinBase || !names.every((name) => SAFE_NAME.test(name) && !name.endsWith(".")))
        return err("UNSAFE_PATH");
      const path = await resolve(root, names);
      return path.ok ? readFile(path.value, maxBytes, sink, signal) : path;
    },
  };
}

async function resolve(root: string, names: readonly string[]): Promise<Result<string, FetchError>> {
  let path = root;
  if (!(await lstat(root).catch(expectAbsence))?.isDirectory()) return err("NOT_FOUND");
  for (const [index, name] of names.entries()) {
    if (!(await hasName(path, name))) return err("NOT_FOUND");
    path = join(path, name);
    const status = await lstat(path).catch(expectAbsence);
    if (!status) return err("NOT_FOUND");
    const isLast = index === names.length - 1;
    if (isLast ? !status.isFile() : !status.isDirectory()) return err("UNSAFE_PATH");
  }
  return ok(path);
}

async function readFile(
  path: string,
  maxBytes: Bytes,
  sink: Sink,
  signal: AbortSignal,
): Promise<Result<Bytes, FetchError>> {
  const file = await openPlainFile(path).catch(expectAbsence);
  if (!file) return err("NOT_FOUND");
  try {
    if (file.size > maxBytes) return err("TOO_LARGE");
    let total = 0;
    for (;;) {
      if (signal.aborted) return err("CANCELLED");
      // A new buffer each time: the sink may keep it.
      const { bytesRead, buffer } = await file.handle.read(Buffer.alloc(READ_BYTES), 0, READ_BYTES, total);
      if (bytesRead === 0) return ok(total);
      total += bytesRead;
      // The file may have grown since its size was read.
      if (total > maxBytes) return err("TOO_LARGE");
      await sink(buffer.subarray(0, bytesRead));
    }
  } finally {
    await file.handle.close();
  }
}

// The stick was removed, or never had the file.
function expectAbsence(error: unknown): undefined {
  if (codeOf(error) === "") throw error;
  return undefined;
}

import type { Stats } from "node:fs";
import { stat } from "node:fs/promises";
import { codeOf } from "../../src-shared/node/atomic-files.ts";
import { ok } from "../../src-shared/result.ts";
import type { Bytes } from "../../src-shared/units.ts";
import { type Attempt, fail } from "../failure.ts";

/** Identifies a source file: the same path, size and modification time means the same file. */
export type Source = { readonly path: string; readonly size: Bytes; readonly mtimeMs: number };

/** `undefined`: there is no such file. */
export async function statOf(path: string): Promise<Stats | undefined> {
  try {
    return await stat(path);
  } catch (error) {
    if (codeOf(error) === "") throw error;
    return undefined;
  }
}

/** The current identity of a source file. */
export async function sourceOf(path: string): Promise<Attempt<Source>> {
  const status = await stat(path);
  if (!status.isFile()) return fail("SOURCE_UNREADABLE", `${path} is not a file: name the video files themselves.`);
  return ok({ path, size: status.size, mtimeMs: status.mtimeMs });
}

export function isSameSource(a: Source, b: Source): boolean {
  return a.path === b.path && a.size === b.size && a.mtimeMs === b.mtimeMs;
}

import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import * as v from "valibot";
import { RandomId } from "../../src-shared/ids.ts";
import { codeOf, renameFile, writeFileAtomic } from "../../src-shared/node/atomic-files.ts";
import type { Watched } from "../../src-shared/playback/index.ts";
import { createSerialQueue } from "../../src-shared/serial-queue.ts";

const Stored = v.record(
  RandomId,
  v.object({
    positionSeconds: v.pipe(v.number(), v.minValue(0)),
    at: v.pipe(v.number(), v.minValue(0)),
    finished: v.boolean(),
  }),
);

/** The playback positions in the videos of one vault. Stored on this computer, never on the stick. */
export type WatchHistory = {
  readonly of: (videoId: string) => Watched | undefined;
  readonly set: (videoId: string, watched: Watched) => void;
  /** Resolves when everything set so far is on disk; rejects with the error of the write. */
  readonly flush: () => Promise<void>;
};

/** Opens the history of a vault. An unreadable file is renamed, not deleted, and a new history begins. */
export async function openWatchHistory(folder: string, vaultId: string): Promise<WatchHistory> {
  const path = join(folder, `${vaultId}.json`);
  const entries = new Map(Object.entries(await load(path)));
  // One writer: each write waits for the previous one, whether or not that one succeeded.
  const enqueue = createSerialQueue();
  let dirty = false;

  async function write(): Promise<void> {
    if (!dirty) return;
    dirty = false;
    try {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await writeFileAtomic(path, JSON.stringify(Object.fromEntries(entries)), 0o600);
    } catch (error) {
      dirty = true;
      throw error;
    }
  }

  return {
    of: (videoId) => entries.get(videoId),
    set(videoId, watched) {
      entries.set(videoId, watched);
      dirty = true;
    },
    flush: () => enqueue(write),
  };
}

async function load(path: string): Promise<Record<string, Watched>> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if (codeOf(error) !== "ENOENT") throw error;
    return {};
  }
  const stored = v.safeParse(v.pipe(v.string(), v.parseJson(), Stored), text);
  if (stored.success) return stored.output;
  await renameFile(path, `${path}.unreadable`);
  return {};
}

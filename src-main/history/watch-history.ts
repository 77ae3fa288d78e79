import { join } from "node:path";
import * as v from "valibot";
import { parseStrictJson } from "../../src-shared/encoding/strict-json.ts";
import { RandomId } from "../../src-shared/ids.ts";
import type { Watched } from "../../src-shared/playback/index.ts";
import { MIB } from "../../src-shared/units.ts";
import { openKeptFile } from "./kept-file.ts";

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
  const file = await openKeptFile<Map<string, Watched>>(join(folder, `${vaultId}.json`), {
    parse: parseHistory,
    format: (entries) => JSON.stringify(Object.fromEntries(entries)),
    empty: new Map(),
    maxBytes: 16 * MIB,
  });
  return {
    of: (videoId) => file.value().get(videoId),
    set: (videoId, watched) => file.set(file.value().set(videoId, watched)),
    flush: file.flush,
  };
}

/** Exported for its tests. */
export function parseHistory(bytes: Uint8Array): Map<string, Watched> | undefined {
  const json = parseStrictJson(bytes);
  const stored = v.safeParse(Stored, json.ok ? json.value : undefined);
  return stored.success ? new Map(Object.entries(stored.output)) : undefined;
}

import { join } from "node:path";
import * as v from "valibot";
import { parseStrictJson } from "../../src-shared/encoding/strict-json.ts";
import { codeOf, writeFileAtomic } from "../../src-shared/node/atomic-files.ts";
import { readSmallFile } from "../../src-shared/node/plain-files.ts";
import { type Lost, NOTHING_LOST, SessionState } from "../../src-shared/telemetry/index.ts";
import { KIB } from "../../src-shared/units.ts";

export const LOST_FILE = "lost.json";

const Stored = v.object({ lost: SessionState.entries.lost, last: v.string() });

/** Counts the events that will never reach a server, across restarts. */
export type LostCount = {
  readonly lost: () => Lost;
  /** Adds the losses of a segment; if called again for the same segment after a crash, they are counted once. */
  readonly add: (segment: string, more: Partial<Lost>) => Promise<void>;
  readonly reset: () => void;
};

export async function openLostCount(folder: string): Promise<LostCount> {
  const path = join(folder, LOST_FILE);
  let stored = await load(path);

  return {
    lost: () => stored.lost,
    async add(segment, { dropped = 0, corrupted = 0, refused = 0 }) {
      if (dropped + corrupted + refused === 0 || stored.last === segment) return;
      const { lost } = stored;
      stored = {
        lost: {
          dropped: lost.dropped + dropped,
          corrupted: lost.corrupted + corrupted,
          refused: lost.refused + refused,
        },
        last: segment,
      };
      await save(path, stored);
    },
    reset() {
      stored = { lost: NOTHING_LOST, last: "" };
    },
  };
}

async function load(path: string): Promise<v.InferOutput<typeof Stored>> {
  const bytes = await readSmallFile(path, 4 * KIB);
  const json = bytes && parseStrictJson(bytes);
  const stored = v.safeParse(Stored, json?.ok ? json.value : undefined);
  return stored.success ? stored.output : { lost: NOTHING_LOST, last: "" };
}

async function save(path: string, stored: v.InferOutput<typeof Stored>): Promise<void> {
  try {
    await writeFileAtomic(path, JSON.stringify(stored), 0o600);
  } catch (error) {
    // On a full disk the segment is removed anyway, which makes room; the count stays in memory and is written next
    // time.
    if (codeOf(error) === "") throw error;
  }
}

import { readFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import * as v from "valibot";
import { parseStrictJson } from "../../src-shared/encoding/strict-json.ts";
import { codeOf, writeFileAtomic } from "../../src-shared/node/atomic-files.ts";
import { NonNegativeInteger } from "../../src-shared/integers.ts";
import { err, ok, type Result } from "../../src-shared/result.ts";
import type { UnixSeconds } from "../../src-shared/units.ts";
import { BuildId, Release } from "../../src-shared/updates/index.ts";

const MAX_ROLLED_BACK = 100;

// Loose: members that a newer build has written survive a rollback.
const Stored = v.looseObject({
  rolledBack: v.fallback(v.array(BuildId), []),
  flags: v.fallback(Release.pipe[0].entries.flags, {}),
  olderSince: v.fallback(v.optional(NonNegativeInteger), undefined),
});
type Stored = v.InferOutput<typeof Stored>;

/**
 * What updating remembers in addition to the ledger's counters. Losing it never allows an installation that was refused
 * before.
 */
export type UpdateMemory = {
  readonly rolledBack: () => ReadonlySet<BuildId>;
  readonly flags: () => Readonly<Record<string, boolean>>;
  /** Remembers that a rollback removes this build. Must happen before the rollback itself. */
  readonly pin: (build: BuildId) => Promise<Result<undefined, "NOT_WRITTEN">>;
  /** Since when the feed has answered with older information than was seen; `undefined`: it does not. */
  readonly olderSince: () => UnixSeconds | undefined;
  readonly noteOlder: (since: UnixSeconds | undefined) => Promise<Result<undefined, "NOT_WRITTEN">>;
  readonly setFlags: (flags: Readonly<Record<string, boolean>>) => Promise<Result<undefined, "NOT_WRITTEN">>;
};

export function openUpdateMemory(path: string): UpdateMemory {
  let stored = load(path);

  async function change(members: Partial<Stored>): Promise<Result<undefined, "NOT_WRITTEN">> {
    stored = { ...stored, ...members };
    try {
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      await writeFileAtomic(path, `${JSON.stringify(stored)}\n`, 0o600);
      return ok(undefined);
    } catch (error) {
      if (codeOf(error) === "") throw error;
      return err("NOT_WRITTEN");
    }
  }

  return {
    rolledBack: () => new Set(stored.rolledBack),
    flags: () => stored.flags,
    pin: (build) => {
      const others = stored.rolledBack.filter((one) => one !== build);
      return change({ rolledBack: [...others, build].slice(-MAX_ROLLED_BACK) });
    },
    olderSince: () => stored.olderSince,
    noteOlder: async (olderSince) => (olderSince === stored.olderSince ? ok(undefined) : change({ olderSince })),
    setFlags: async (flags) =>
      JSON.stringify(flags) === JSON.stringify(stored.flags) ? ok(undefined) : change({ flags }),
  };
}

function load(path: string): Stored {
  const nothing: Stored = { rolledBack: [], flags: {}, olderSince: undefined };
  try {
    const json = parseStrictJson(readFileSync(path));
    const read = v.safeParse(Stored, json.ok ? json.value : nothing);
    return read.success ? read.output : nothing;
  } catch (error) {
    if (codeOf(error) === "") throw error;
    return nothing;
  }
}

import { SLOT_MS } from "../gates/index.ts";
import type { Tally } from "./scenario.ts";
import { beginSession, type SessionState } from "../../src-shared/telemetry/index.ts";
import type { UnixMs } from "../../src-shared/units.ts";

export const SIMULATED_VERSION = "9.9.9";
export const SIMULATED_BYTES = 150_000_000;
const START_MS = 1_000;

/** The state that an app would report for this tally. */
export function stateOfTally({ ok, failed }: Tally, seq: number, startedAt: UnixMs): SessionState {
  const started = beginSession(startedAt, SIMULATED_VERSION);
  const outcomes = (kind: keyof Tally["ok"]) => ({ ok: ok[kind], failed: failed[kind] });
  // Verdicts are fast: all are in the second bucket.
  const buckets = started.verdictMs.buckets.map((_, index) => (index === 1 ? ok.verdict + failed.verdict : 0));
  return {
    ...started,
    uptimeMs: seq * SLOT_MS,
    memory: { private: SIMULATED_BYTES, highest: SIMULATED_BYTES },
    startMs: ok.start > 0 ? START_MS : null,
    operations: {
      start: outcomes("start"),
      verdict: outcomes("verdict"),
      unlock: outcomes("unlock"),
      play: outcomes("play"),
      seek: outcomes("seek"),
    },
    verdictMs: { buckets, sum: 0 },
    features: ["play"],
  };
}

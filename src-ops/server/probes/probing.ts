import type { ProbeTarget } from "../../gates/index.ts";
import type { RingStore } from "../store/index.ts";
import { MINUTE, type Milliseconds, type UnixMs } from "../../../src-shared/units.ts";

const MIN_INTERVAL_MS: Milliseconds = MINUTE * 1_000;
const TIMEOUT_MS: Milliseconds = 20_000;

/** Reaches a target the way a client does. Resolves with whether it succeeded. */
export type Probe = (now: UnixMs, signal: AbortSignal) => Promise<boolean>;

export type ProbePorts = {
  readonly probes: Readonly<Partial<Record<ProbeTarget, Probe>>>;
  /** Stores when each target was last reached, so that all processes use the same times. */
  readonly store: Pick<RingStore, "recordProbe" | "forgetProbeTarget">;
  readonly now: () => UnixMs;
  readonly probed: (
    target: ProbeTarget,
    probed: { readonly isReached: boolean; readonly tookMs: Milliseconds },
  ) => void;
};

const TARGETS = ["feed", "ingest"] as const satisfies readonly ProbeTarget[];

/** Probes the targets that clients need, at most once a minute. */
export function createProbing({ probes, store, now, probed }: ProbePorts) {
  let lastAt: UnixMs | undefined;

  async function probeTarget(target: ProbeTarget, probe: Probe, signal: AbortSignal): Promise<void> {
    const from = now();
    const isReached = await probe(from, AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]));
    await store.recordProbe(target, now(), isReached);
    probed(target, { isReached, tookMs: now() - from });
  }

  /** Rejects with the database's error. */
  return async function probePlaces(signal: AbortSignal): Promise<void> {
    const at = now();
    // After the clock was set back, probes must not stop.
    if (lastAt !== undefined && at >= lastAt && at - lastAt < MIN_INTERVAL_MS) return;
    lastAt = at;
    await Promise.all(
      TARGETS.map((target) => {
        const probe = probes[target];
        return probe ? probeTarget(target, probe, signal) : store.forgetProbeTarget(target);
      }),
    );
  };
}

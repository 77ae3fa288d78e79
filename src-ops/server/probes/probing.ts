import type { ProbeTarget } from "../../gates/index.ts";
import type { RingStore } from "../store/index.ts";
import { MINUTE, type Milliseconds, type UnixMs } from "../../../src-shared/units.ts";

const MIN_INTERVAL_MS: Milliseconds = MINUTE * 1_000;
const TIMEOUT_MS: Milliseconds = 20_000;

/** Asks for a place as a client does. */
export type Probe = (now: UnixMs, signal: AbortSignal) => Promise<boolean>;

export type ProbePorts = {
  readonly probes: Readonly<Partial<Record<ProbeTarget, Probe>>>;
  /** Keeps when each place was last reached, so that every process judges by the same. */
  readonly store: Pick<RingStore, "recordProbe" | "forgetProbeTarget">;
  readonly now: () => UnixMs;
  readonly probed: (
    target: ProbeTarget,
    probed: { readonly isReached: boolean; readonly tookMs: Milliseconds },
  ) => void;
};

const TARGETS = ["feed", "ingest"] as const satisfies readonly ProbeTarget[];

/** Asks for the places that clients need, once a minute at most. */
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
    // A clock that was put back must not silence it.
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

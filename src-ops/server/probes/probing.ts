import type { ProbeTarget } from "../../gates/index.ts";
import type { RingStore } from "../store/index.ts";
import { MINUTE, type Milliseconds, type UnixMs } from "../../../src-shared/units.ts";

const LEAST_BETWEEN_MS: Milliseconds = MINUTE * 1_000;
const TIMEOUT_MS: Milliseconds = 20_000;

/** Asks for a place as a client does. */
export type Probe = (now: UnixMs, signal: AbortSignal) => Promise<boolean>;

export type ProbePorts = {
  readonly probes: Readonly<Partial<Record<ProbeTarget, Probe>>>;
  /** Keeps when each place was last reached, so that every process judges by the same. */
  readonly store: Pick<RingStore, "recordProbe" | "forgetProbeTarget">;
  readonly now: () => UnixMs;
  readonly probed: (place: ProbeTarget, probed: { readonly isReached: boolean; readonly tookMs: Milliseconds }) => void;
};

const PLACES = ["feed", "ingest"] as const satisfies readonly ProbeTarget[];

/** Asks for the places that clients need, once a minute at most. */
export function createProbing({ probes, store, now, probed }: ProbePorts) {
  let last: UnixMs | undefined;

  async function ask(place: ProbeTarget, probe: Probe, signal: AbortSignal): Promise<void> {
    const from = now();
    const isReached = await probe(from, AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]));
    await store.recordProbe(place, now(), isReached);
    probed(place, { isReached, tookMs: now() - from });
  }

  /** Rejects with the database's error. */
  return async function probePlaces(signal: AbortSignal): Promise<void> {
    const at = now();
    // A clock that was put back must not silence it.
    if (last !== undefined && at >= last && at - last < LEAST_BETWEEN_MS) return;
    last = at;
    await Promise.all(
      PLACES.map((place) => {
        const probe = probes[place];
        return probe ? ask(place, probe, signal) : store.forgetProbeTarget(place);
      }),
    );
  };
}

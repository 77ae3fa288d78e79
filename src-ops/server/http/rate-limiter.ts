import type { UnixMs } from "../../../src-shared/units.ts";

/** How much one sender may ask: `burst` at once, and `perSecond` in the long run. */
export type Rate = { readonly perSecond: number; readonly burst: number };

const MOST_SENDERS = 20_000;

/** Counts what each sender asks. A sender that is not heard for long is forgotten, and starts with a full measure. */
export function createRateLimiter({ perSecond, burst }: Rate) {
  const measures = new Map<string, { left: number; at: UnixMs }>();

  return {
    /** Takes one, if there is one. The wait is in whole seconds. */
    take(sender: string, now: UnixMs): { readonly ok: true } | { readonly ok: false; readonly waitSeconds: number } {
      const known = measures.get(sender);
      const left = known ? Math.min(burst, known.left + ((now - known.at) / 1_000) * perSecond) : burst;
      // Back to the end: the one that was not heard for longest is the first.
      measures.delete(sender);
      measures.set(sender, { left: left >= 1 ? left - 1 : left, at: now });
      const [first] = measures.keys();
      if (measures.size > MOST_SENDERS && first !== undefined) measures.delete(first);
      return left >= 1 ? { ok: true } : { ok: false, waitSeconds: Math.ceil((1 - left) / perSecond) };
    },
  };
}
export type RateLimiter = ReturnType<typeof createRateLimiter>;

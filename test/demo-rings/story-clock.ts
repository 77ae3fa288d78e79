import type { Milliseconds, UnixMs } from "../../src-shared/units.ts";

/** Days pass in seconds, until the story has come to the present; from then on time is what it is. */
export type StoryClock = {
  readonly now: () => UnixMs;
  readonly pass: (time: Milliseconds) => void;
};

export function createStoryClock(start: UnixMs): StoryClock {
  let told: UnixMs | undefined = start;
  return {
    now: () => told ?? Date.now(),
    pass(time) {
      const next = (told ?? Date.now()) + time;
      told = next < Date.now() ? next : undefined;
    },
  };
}

import type { Milliseconds, UnixMs } from "../../src-shared/units.ts";

/** Simulated time, in which days pass in seconds; when it reaches the present it becomes real time. */
export type DemoClock = {
  readonly now: () => UnixMs;
  readonly pass: (time: Milliseconds) => void;
};

export function createDemoClock(start: UnixMs): DemoClock {
  let simulated: UnixMs | undefined = start;
  return {
    now: () => simulated ?? Date.now(),
    pass(time) {
      const next = (simulated ?? Date.now()) + time;
      simulated = next < Date.now() ? next : undefined;
    },
  };
}

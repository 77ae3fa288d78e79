export const SPEEDS = [0.5, 0.75, 1, 1.25, 1.5, 1.75, 2] as const;

/** The next speed in a direction; at either end the speed stays. */
export function stepSpeed(current: number, step: 1 | -1): number {
  const next = step === 1 ? SPEEDS.find((speed) => speed > current) : SPEEDS.findLast((speed) => speed < current);
  return next ?? current;
}

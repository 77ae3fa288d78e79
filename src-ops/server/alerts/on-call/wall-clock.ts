import { DAY, type Milliseconds, type UnixMs } from "../../../../src-shared/units.ts";

const DAY_MS: Milliseconds = DAY * 1_000;

/** A time on the clock of some zone. Months count from 1. */
export type WallTime = {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
};

/**
 * The moment at which the clock of a zone shows this time. An hour that is there twice is the first one; one that is left out
 * is as much later.
 */
export function instantOf(wall: WallTime, zone: string): UnixMs {
  const asUtc = Date.UTC(wall.year, wall.month - 1, wall.day, wall.hour, wall.minute, wall.second);
  // The clock changes at most once within two days, so one of the two offsets is the right one.
  const offsets = [offsetAt(asUtc - DAY_MS, zone), offsetAt(asUtc + DAY_MS, zone)];
  const fits = offsets.map((offset) => asUtc - offset).filter((at) => at + offsetAt(at, zone) === asUtc);
  return fits.length > 0 ? Math.min(...fits) : asUtc - (offsets[0] as number);
}

function offsetAt(at: UnixMs, zone: string): number {
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone: zone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  });
  const parts = new Map(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
  const of = (name: Intl.DateTimeFormatPartTypes) => parts.get(name) ?? 0;
  return (
    Date.UTC(of("year"), of("month") - 1, of("day"), of("hour"), of("minute"), of("second")) -
    Math.floor(at / 1_000) * 1_000
  );
}

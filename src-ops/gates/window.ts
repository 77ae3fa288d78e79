import * as v from "valibot";
import type { UnixSeconds } from "../../src-shared/units.ts";

const WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
type Weekday = (typeof WEEKDAYS)[number];

const HOUR_FORM = "must be a whole hour from 0 to 24";
const clockHour = v.pipe(
  v.number(HOUR_FORM),
  v.check((hour) => Number.isInteger(hour) && hour >= 0 && hour <= 24, HOUR_FORM),
);

/** The members of `Hours`, for what has more members. */
export const HOURS = {
  days: v.pipe(
    v.array(v.picklist(WEEKDAYS, `must be one of ${WEEKDAYS.join(", ")}`)),
    v.minLength(1, "must name at least one day"),
  ),
  from: clockHour,
  to: clockHour,
};

/**
 * Hours that begin on some days, in the time zone of the windows: `from` is included, `to` is not. If `to` is not later than
 * `from`, they end on the next day.
 */
export const Hours = v.pipe(
  v.strictObject(HOURS),
  v.check(({ from, to }) => from % 24 !== to % 24 || (from === 0 && to === 24), "begins and ends at the same hour"),
  v.check(({ from }) => from !== 24, "begins at 24: write 0, and the day after"),
);
export type Hours = v.InferOutput<typeof Hours>;

export const TIME_ZONE = v.pipe(v.string(), v.check(isTimeZone, "must be a time zone such as Europe/Paris"));

export const Windows = v.strictObject({
  zone: TIME_ZONE,
  preferred: v.array(Hours),
  never: v.array(Hours),
});
export type Windows = v.InferOutput<typeof Windows>;

/** Whether a build may enter a ring at a given time: preferred, possible, or only with an override. */
export type WindowFit = "preferred" | "possible" | "never";

export function windowAt({ zone, preferred, never }: Windows, at: UnixSeconds): WindowFit {
  const clock = clockIn(zone, at);
  const isIn = (all: readonly Hours[]) => all.some((hours) => contains(hours, clock));
  if (isIn(never)) return "never";
  return isIn(preferred) ? "preferred" : "possible";
}

/** Whether the clock of a zone shows one of these hours. */
export function isWithin(hours: Hours, zone: string, at: UnixSeconds): boolean {
  return contains(hours, clockIn(zone, at));
}

function contains({ days, from, to }: Hours, { day, hour }: Clock): boolean {
  if (from < to) return days.includes(day) && hour >= from && hour < to;
  const dayBefore = WEEKDAYS[(WEEKDAYS.indexOf(day) + WEEKDAYS.length - 1) % WEEKDAYS.length] as Weekday;
  return (days.includes(day) && hour >= from) || (days.includes(dayBefore) && hour < to);
}

/** Whether this computer knows an IANA time zone of this name. */
export function isTimeZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: zone }).resolvedOptions().timeZone !== "";
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

type Clock = { readonly day: Weekday; readonly hour: number };

function clockIn(zone: string, at: UnixSeconds): Clock {
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone: zone,
    weekday: "short",
    hour: "2-digit",
    hourCycle: "h23",
  });
  const parts = new Map(format.formatToParts(at * 1_000).map(({ type, value }) => [type, value]));
  return { day: parts.get("weekday")?.toLowerCase() as Weekday, hour: Number(parts.get("hour")) };
}

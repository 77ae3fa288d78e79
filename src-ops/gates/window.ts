import * as v from "valibot";
import type { UnixSeconds } from "../../src-shared/units.ts";
import { whole } from "./policy-fields.ts";

const WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
type Weekday = (typeof WEEKDAYS)[number];

const clockHour = v.pipe(whole, v.maxValue(24));

/** Hours on some days, in the time zone of the windows: `from` is included, `to` is not. */
const Span = v.strictObject({ days: v.array(v.picklist(WEEKDAYS)), from: clockHour, to: clockHour });

export const Windows = v.strictObject({
  zone: v.pipe(v.string(), v.check(isTimeZone)),
  preferred: v.array(Span),
  never: v.array(Span),
});
export type Windows = v.InferOutput<typeof Windows>;

/** Whether a build may enter a ring at a given time: preferred, possible, or only with an override. */
export type WindowFit = "preferred" | "possible" | "never";

export function windowAt({ zone, preferred, never }: Windows, at: UnixSeconds): WindowFit {
  const { day, hour } = clockIn(zone, at);
  const isIn = (spans: Windows["never"]) =>
    spans.some(({ days, from, to }) => days.includes(day) && hour >= from && hour < to);
  if (isIn(never)) return "never";
  return isIn(preferred) ? "preferred" : "possible";
}

/** Whether the computer knows an IANA time zone of this name. */
function isTimeZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: zone }).resolvedOptions().timeZone !== "";
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

function clockIn(zone: string, at: UnixSeconds): { readonly day: Weekday; readonly hour: number } {
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone: zone,
    weekday: "short",
    hour: "2-digit",
    hourCycle: "h23",
  });
  const parts = new Map(format.formatToParts(at * 1_000).map(({ type, value }) => [type, value]));
  return { day: parts.get("weekday")?.toLowerCase() as Weekday, hour: Number(parts.get("hour")) };
}

import type { UnixSeconds } from "../units.ts";
import type { Windows } from "./promotion-policy.ts";

export const WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
type Weekday = (typeof WEEKDAYS)[number];

/** Whether builds go into a ring at a moment: best, also possible, or not without an override. */
export type WindowFit = "preferred" | "possible" | "never";

export function windowAt({ zone, preferred, never }: Windows, at: UnixSeconds): WindowFit {
  const { day, hour } = clockIn(zone, at);
  const isIn = (spans: Windows["never"]) =>
    spans.some(({ days, from, to }) => days.includes(day) && hour >= from && hour < to);
  if (isIn(never)) return "never";
  return isIn(preferred) ? "preferred" : "possible";
}

/** Whether the computer knows a zone by this name (IANA). */
export function isTimeZone(zone: string): boolean {
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

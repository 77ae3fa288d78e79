import { DAY, type UnixSeconds } from "../src-shared/units.ts";

/** A length of time as people name it. Months and years are those of the calendar. */
export type Duration = { readonly months: number; readonly days: number };

const MOST_DAYS = 36_500;

/**
 * Reads a number of days (`365`), a number with a unit (`30d`, `6w`, `6m`, `1y`), or ISO 8601 (`P1Y6M`). The result is
 * `undefined` for everything else, for zero, and for more than a hundred years.
 */
export function parseDuration(text: string): Duration | undefined {
  const short = /^(\d{1,5})([dwmy]?)$/i.exec(text);
  const iso = short ? `P${short[1]}${short[2] || "D"}` : text;
  const parts = /^P(?:(\d{1,5})Y)?(?:(\d{1,5})M)?(?:(\d{1,5})W)?(?:(\d{1,5})D)?$/i.exec(iso);
  if (!parts) return undefined;
  const [years = 0, months = 0, weeks = 0, days = 0] = parts.slice(1).map((part) => Number(part ?? 0));
  const duration = { months: 12 * years + months, days: 7 * weeks + days };
  const length = 31 * duration.months + duration.days;
  return length > 0 && duration.months <= 1_200 && duration.days <= MOST_DAYS ? duration : undefined;
}

/** The same time of day after a duration (UTC). A day that a month does not have becomes its last one. */
export function addDuration(at: UnixSeconds, { months, days }: Duration): UnixSeconds {
  const date = new Date(at * 1_000);
  const day = date.getUTCDate();
  date.setUTCDate(1);
  date.setUTCMonth(date.getUTCMonth() + months);
  date.setUTCDate(Math.min(day, lastDayOf(date)));
  return Math.floor(date.getTime() / 1_000) + days * DAY;
}

const lastDayOf = (date: Date) => new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();

// The end of the year 9999: later dates cannot be shown.
const LATEST: UnixSeconds = 253_402_300_799;

/**
 * Reads a date (`2027-03-31`: its last second, in UTC), a time (`2027-03-31T18:00Z`, `2027-03-31T18:00+02:00`), or seconds
 * since 1970. The result is `undefined` for everything else, such as 31 April.
 */
export function parseMoment(text: string): UnixSeconds | undefined {
  if (/^\d{1,12}$/.test(text)) return within(Number(text));
  const parts = /^(\d{4}-\d{2}-\d{2})(?:T(\d{2}:\d{2}(?::\d{2})?)(Z|[+-]\d{2}:\d{2}))?$/.exec(text);
  if (!parts) return undefined;
  const [, date = "", time = "23:59:59", zone = "Z"] = parts;
  // JavaScript would read 31 April as 1 May.
  const midnight = new Date(`${date}T00:00:00Z`);
  if (Number.isNaN(midnight.getTime()) || !midnight.toISOString().startsWith(date)) return undefined;
  return within(Date.parse(`${date}T${time}${zone}`) / 1_000);
}

function within(at: UnixSeconds): UnixSeconds | undefined {
  return at >= 0 && at <= LATEST ? Math.floor(at) : undefined;
}

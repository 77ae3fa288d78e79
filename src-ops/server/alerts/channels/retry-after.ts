import { HOUR, type Seconds, type UnixMs } from "../../../../src-shared/units.ts";

// An alert is worth nothing after hours, and a wrong clock of the other server must not silence a channel for days.
const LONGEST_S: Seconds = 6 * HOUR;

/** Reads `Retry-After`: seconds, or a date (RFC 9110 section 10.2.3). `undefined`: absent, or neither of the two. */
export function retryAfterOf(header: string | null, now: UnixMs): Seconds | undefined {
  const text = header?.trim() ?? "";
  const isDate = /^[A-Za-z]{3,9},? .*\d{2}:\d{2}:\d{2}/.test(text);
  const seconds = /^\d{1,12}$/.test(text) ? Number(text) : isDate ? (Date.parse(text) - now) / 1_000 : Number.NaN;
  return Number.isNaN(seconds) ? undefined : Math.min(Math.max(Math.ceil(seconds), 0), LONGEST_S);
}

import type { Bytes, Seconds, UnixSeconds } from "../src-shared/units.ts";

/** `1.5 GB`: decimal units, as sticks are sold. */
export function formatBytes(bytes: Bytes): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}

/** `1:02:03` or `2:03`. */
export function formatDuration(seconds: Seconds): string {
  const whole = Math.round(seconds);
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const tail = String(s).padStart(2, "0");
  return h > 0 ? `${h}:${String(m).padStart(2, "0")}:${tail}` : `${m}:${tail}`;
}

// From this second on, a year needs more than four digits. A file that was not validated may hold any number.
const YEAR_10000: UnixSeconds = 253_402_300_800;

/** `2026-12-20T05:34:19Z` */
export function formatDate(at: UnixSeconds): string {
  return at < YEAR_10000 ? new Date(at * 1000).toISOString().replace(".000", "") : `second ${at}`;
}

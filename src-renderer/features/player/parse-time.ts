import type { Seconds } from "../../../src-shared/units.ts";

const CLOCK = /^(?:(\d{1,3})\s*:\s*)?(\d{1,3})\s*:\s*(\d{1,2})(?:[.,](\d{1,3}))?$/;
const PLAIN = /^(\d{1,6})(?:[.,](\d{1,3}))?\s*(?:s|sec)?$/i;
const UNITS = /^(?:(\d{1,3})\s*h)?\s*(?:(\d{1,4})\s*(?:m|min|mn))?\s*(?:(\d{1,5})\s*(?:s|sec)?)?$/i;
const MINUTE = 60;
const HOUR = 3600;

/** The position that a viewer typed, as `7:02`, `1:02:03.5`, `90` (seconds) or `1h 2m`; `undefined`: it is none. */
export function parseTime(typed: string): Seconds | undefined {
  const text = typed.trim();
  const [, hours = "0", minutes = "0", seconds = "0", fraction = "0"] = CLOCK.exec(text) ?? [];
  if (CLOCK.test(text)) return clockTime(Number(hours), Number(minutes), Number(`${seconds}.${fraction}`));
  const plain = PLAIN.exec(text);
  if (plain) return Number(`${plain[1]}.${plain[2] ?? "0"}`);
  const units = text === "" ? null : UNITS.exec(text);
  if (!units) return undefined;
  return Number(units[1] ?? 0) * HOUR + Number(units[2] ?? 0) * MINUTE + Number(units[3] ?? 0);
}

/** `undefined` for 75 seconds, or for 75 minutes beside an hour: a slip of the finger. */
function clockTime(hours: number, minutes: number, seconds: Seconds): Seconds | undefined {
  if (seconds >= MINUTE || (hours > 0 && minutes >= 60)) return undefined;
  return hours * HOUR + minutes * MINUTE + seconds;
}

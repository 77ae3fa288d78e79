import { SLOT_MS } from "../gates/index.ts";
import { WEEKDAYS, type Group, type Scenario } from "./scenario-schema.ts";

/** Five minutes, counted from the start of the release; before it, negative. */
export type Tick = number;

export const TICKS_PER_HOUR = 12;
const HOURS_PER_DAY = 24;

// A Monday at midnight UTC.
const MONDAY = Date.UTC(2029, 11, 31);

/** When the ring begins to run the release. */
export function sinceOf({ start }: Scenario): number {
  return MONDAY + (WEEKDAYS.indexOf(start.day) * HOURS_PER_DAY + start.hour) * TICKS_PER_HOUR * SLOT_MS;
}

/** Whether somebody uses these computers in an hour, which is counted from the start of the release. */
export function isOpen({ opens, hoursADay, weekdaysOnly }: Group, { start }: Scenario, hour: number): boolean {
  const sinceOpening = start.hour + hour - opens;
  const day = Math.floor(sinceOpening / HOURS_PER_DAY);
  if (sinceOpening - day * HOURS_PER_DAY >= hoursADay) return false;
  const weekday = (((WEEKDAYS.indexOf(start.day) + day) % 7) + 7) % 7;
  return !weekdaysOnly || weekday < 5;
}

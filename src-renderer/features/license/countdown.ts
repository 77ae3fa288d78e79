import type { LicenseView } from "../../../src-shared/ipc/index.ts";
import { DAY, type UnixSeconds } from "../../../src-shared/units.ts";

/** When the end of a license is announced, in days before it. */
const STEPS = [1, 7, 30] as const;

/** `id` is another one at each step: what was dismissed at 30 days is said again at 7. */
export type Countdown = { readonly days: number; readonly id: string };

/** The days that are left, the one that has begun included. */
export function daysUntil(end: UnixSeconds, now: UnixSeconds): number {
  return Math.max(0, Math.ceil((end - now) / DAY));
}

/** What is to be said of a license that ends soon; `null` while there is time, and once it is over. */
export function countdownOf({ code, expires }: LicenseView, now: UnixSeconds): Countdown | null {
  const days = daysUntil(expires, now);
  const step = STEPS.find((limit) => days <= limit);
  return code !== "OK" || days === 0 || step === undefined ? null : { days, id: `${expires} ${step}` };
}

/** How much of a time is left, from 1 to 0. */
export function shareLeft(from: UnixSeconds, to: UnixSeconds, now: UnixSeconds): number {
  return Math.min(1, Math.max(0, (to - now) / Math.max(1, to - from)));
}

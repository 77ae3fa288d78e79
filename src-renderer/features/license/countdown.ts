import type { LicenseView } from "../../../src-shared/ipc/index.ts";
import { DAY, type UnixSeconds } from "../../../src-shared/units.ts";

/** How many days before the end of a license it is announced. */
const STEPS = [1, 7, 30] as const;

/** `id` differs at each step: a notice that was dismissed at 30 days is shown again at 7. */
export type Countdown = { readonly days: number; readonly id: string };

/** The days that are left, including the current one. */
export function daysUntil(end: UnixSeconds, now: UnixSeconds): number {
  return Math.max(0, Math.ceil((end - now) / DAY));
}

/** The countdown of a license that ends soon; `null` while there is time, and after its end. */
export function countdownOf({ code, expires }: LicenseView, now: UnixSeconds): Countdown | null {
  const days = daysUntil(expires, now);
  const step = STEPS.find((limit) => days <= limit);
  return code !== "OK" || days === 0 || step === undefined ? null : { days, id: `${expires} ${step}` };
}

/** The share of a period that is left, from 1 to 0. */
export function shareLeft(from: UnixSeconds, to: UnixSeconds, now: UnixSeconds): number {
  return Math.min(1, Math.max(0, (to - now) / Math.max(1, to - from)));
}

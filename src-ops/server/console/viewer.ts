import type { Language } from "../../../src-shared/languages.ts";
import type { Milliseconds, UnixMs } from "../../../src-shared/units.ts";
import { DAY, HOUR, MINUTE } from "../../../src-shared/units.ts";
import type { Account } from "./accounts.ts";
import type { Messages } from "./message-catalog.ts";
import { MESSAGES } from "./messages.ts";

/** For whom a page is made. */
export type Viewer = {
  readonly account: Account;
  readonly language: Language;
  readonly messages: Messages;
  /** A printed page has everything unfolded, and nothing to press. */
  readonly isPrinted: boolean;
};

export function viewerOf(account: Account, language: Language, isPrinted = false): Viewer {
  return { account, language, messages: MESSAGES[language], isPrinted };
}

/** A day and an hour, such as "Nov 26, 14:00". */
export function dateTime(at: UnixMs, language: Language): string {
  const options = { month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23" } as const;
  return new Intl.DateTimeFormat(language, { ...options, timeZone: "UTC" }).format(at);
}

export function day(at: UnixMs, language: Language): string {
  return new Intl.DateTimeFormat(language, { month: "short", day: "numeric", timeZone: "UTC" }).format(at);
}

const [MINUTE_MS, HOUR_MS, DAY_MS] = [MINUTE * 1_000, HOUR * 1_000, DAY * 1_000];

/** A duration in the largest unit of which there are at least two. */
export function spanOf(time: Milliseconds, language: Language): string {
  const [unit, length] =
    time >= 2 * DAY_MS
      ? (["day", DAY_MS] as const)
      : time >= 2 * HOUR_MS
        ? (["hour", HOUR_MS] as const)
        : (["minute", MINUTE_MS] as const);
  const count = Math.max(0, Math.ceil(time / length));
  return new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay: "short" }).format(count);
}

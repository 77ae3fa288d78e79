import type { Language } from "../../src-shared/languages.ts";

const MINUTE = 60;
const HOUR = 60 * MINUTE;

function two(value: number): string {
  return String(value).padStart(2, "0");
}

/** A length as on a clock, the same in every language: `0:07`, `12:05`, `1:02:03`. */
export function clock(seconds: number): string {
  const whole = Number.isFinite(seconds) ? Math.max(0, Math.floor(seconds)) : 0;
  const hours = Math.floor(whole / HOUR);
  const minutes = Math.floor((whole % HOUR) / MINUTE);
  return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % MINUTE)}` : `${minutes}:${two(whole % MINUTE)}`;
}

export type Format = {
  /** A day, from integer seconds since 1970. */
  date(unixSeconds: number): string;
  percent(share: number): string;
  /** `183 MB`, `12 kB`: in the units that file managers use. */
  bytes(bytes: number): string;
  count(value: number): string;
  milliseconds(ms: number): string;
  /** `12.5 %`: with up to two decimals, as the share of a ring is signed. */
  exactPercent(share: number): string;
  /** `1.25×`, with the decimal sign of the language. */
  rate(rate: number): string;
  /** A length in words, for screen readers: `1 hour and 2 minutes`. */
  spoken(seconds: number): string;
  /** A short form of a length: `1 h 2 min`, `40 s`. */
  brief(seconds: number): string;
};

type Unit = "hour" | "minute" | "second";

function units(seconds: number): readonly (readonly [number, Unit])[] {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < MINUTE) return [[whole, "second"]];
  const minutes = Math.round(whole / MINUTE);
  const parts: readonly (readonly [number, Unit])[] = [
    [Math.floor(minutes / 60), "hour"],
    [minutes % 60, "minute"],
  ];
  return parts.filter(([value]) => value > 0);
}

/** Made once per language: making a format takes longer than rendering a card. */
function unitFormats(
  language: Language,
  unitDisplay: "long" | "short",
): { readonly [unit in Unit]: Intl.NumberFormat } {
  const format = (unit: Unit): Intl.NumberFormat =>
    new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay });
  return { hour: format("hour"), minute: format("minute"), second: format("second") };
}

export function createFormat(language: Language): Format {
  const date = new Intl.DateTimeFormat(language, { dateStyle: "long" });
  const percent = new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 0 });
  const count = new Intl.NumberFormat(language);
  const inUnit = (unit: string) =>
    new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay: "short", maximumFractionDigits: 0 });
  const [kilobytes, megabytes, milliseconds] = [inUnit("kilobyte"), inUnit("megabyte"), inUnit("millisecond")];
  const exactPercent = new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 2 });
  const rate = new Intl.NumberFormat(language, { maximumFractionDigits: 2 });
  const list = new Intl.ListFormat(language, { type: "unit", style: "long" });
  const long = unitFormats(language, "long");
  const short = unitFormats(language, "short");
  return {
    date: (unixSeconds) => date.format(unixSeconds * 1000),
    bytes: (bytes) => (bytes < 1_000_000 ? kilobytes.format(bytes / 1_000) : megabytes.format(bytes / 1_000_000)),
    count: (value) => count.format(value),
    milliseconds: (ms) => milliseconds.format(ms),
    percent: (share) => percent.format(share),
    exactPercent: (share) => exactPercent.format(share),
    rate: (value) => `${rate.format(value)}×`,
    spoken: (seconds) => list.format(units(seconds).map(([value, name]) => long[name].format(value))),
    brief: (seconds) =>
      units(seconds)
        .map(([value, name]) => short[name].format(value))
        .join(" "),
  };
}

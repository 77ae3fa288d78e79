import { DEFAULT_LANGUAGE, type Language, LANGUAGES } from "../../../src-shared/languages.ts";

export type Numbers = {
  /** A whole number, or with one decimal below 100. */
  readonly count: (value: number) => string;
  /** A share as a percentage with three digits that count. */
  readonly share: (value: number) => string;
  /** The same with two digits, for a bound, whose third digit says nothing. */
  readonly bound: (share: number) => string;
  /** How many times as much: two digits that count. */
  readonly times: (value: number) => string;
};

const NUMBERS: ReadonlyMap<Language, Numbers> = new Map(LANGUAGES.map((language) => [language, create(language)]));

/** Numbers as a language writes them. */
export function numbersOf(language: Language): Numbers {
  return NUMBERS.get(language) ?? create(DEFAULT_LANGUAGE);
}

function create(language: Language): Numbers {
  const whole = new Intl.NumberFormat(language, { maximumFractionDigits: 0 });
  const decimal = new Intl.NumberFormat(language, { maximumFractionDigits: 1 });
  const percent = new Intl.NumberFormat(language, { style: "percent", maximumSignificantDigits: 3 });
  const bound = new Intl.NumberFormat(language, { style: "percent", maximumSignificantDigits: 2 });
  const factor = new Intl.NumberFormat(language, { maximumSignificantDigits: 2 });
  const large = new Intl.NumberFormat(language, { notation: "compact", compactDisplay: "long" });
  return {
    count: (value) => (Math.abs(value) < 100 ? decimal : whole).format(value),
    share: (value) => percent.format(value),
    bound: (value) => bound.format(value),
    times: (value) => (value < 10_000 ? factor : large).format(value),
  };
}

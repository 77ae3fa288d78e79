import { DEFAULT_LANGUAGE, type Language, LANGUAGES } from "../../../src-shared/languages.ts";

export type Numbers = {
  /** A whole number, or with one decimal below 100. */
  readonly count: (value: number) => string;
  /** A share as a percentage with three digits that count. */
  readonly share: (value: number) => string;
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
  const factor = new Intl.NumberFormat(language, { maximumSignificantDigits: 2 });
  return {
    count: (value) => (Math.abs(value) < 100 ? decimal : whole).format(value),
    share: (value) => percent.format(value),
    times: (value) => factor.format(value),
  };
}

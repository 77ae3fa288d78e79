import type { Language } from "../../src-shared/languages.ts";

/** Picks the form that the language uses for a number, by its own plural rules. */
export function plural(language: Language, count: number, forms: { one: string; other: string }): string {
  const rule = new Intl.PluralRules(language).select(count);
  return (rule === "one" ? forms.one : forms.other).replace("#", new Intl.NumberFormat(language).format(count));
}

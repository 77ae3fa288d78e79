import type { Language } from "../../src-shared/languages.ts";

/** The plural form of a number, by the rules of the language. */
export function plural(language: Language, count: number, forms: { one: string; other: string }): string {
  const rule = new Intl.PluralRules(language).select(count);
  return (rule === "one" ? forms.one : forms.other).replace("#", new Intl.NumberFormat(language).format(count));
}

import type { Snapshot } from "../../src-shared/ipc/index.ts";

export type Language = Snapshot["language"];

/** Picks the form that the language uses for a number, by its own plural rules. */
export function plural(language: Language, count: number, forms: { one: string; other: string }): string {
  const rule = new Intl.PluralRules(language).select(count);
  return (rule === "one" ? forms.one : forms.other).replace("#", new Intl.NumberFormat(language).format(count));
}

/**
 * The languages of the app, the console, alerts and reports, each with its own name. A new language is added here; the
 * compiler then names every text catalog that lacks it.
 */
export const LANGUAGE_NAMES = { fr: "Français", en: "English" } as const;

export type Language = keyof typeof LANGUAGE_NAMES;
export const LANGUAGES = Object.keys(LANGUAGE_NAMES) as readonly Language[];

/** For a person who reads none of our languages. */
export const DEFAULT_LANGUAGE = "en" satisfies Language;

/** One text, or one catalog of texts, in every language. */
export type Translations<T> = { readonly [language in Language]: T };

/** The language of the first of a person's locales (`fr-CA`, `de`; preferred first) that is one of ours. */
export function bestLanguage(locales: readonly string[]): Language {
  for (const locale of locales) {
    const primary = locale.split(/[-_]/)[0]?.toLowerCase();
    const language = LANGUAGES.find((known) => known === primary);
    if (language) return language;
  }
  return DEFAULT_LANGUAGE;
}

/** The locales of an attacker-controlled `Accept-Language` header (RFC 9110, 12.5.4), preferred first. */
export function acceptedLocales(header: string): string[] {
  const accepted = header.split(",").map((item) => {
    const [locale = "", weight] = item.split(";").map((part) => part.trim());
    return { locale, quality: weight === undefined ? 1 : Number(/^q=([01](?:\.\d{0,3})?)$/i.exec(weight)?.[1] ?? 0) };
  });
  const wanted = accepted.filter(({ locale, quality }) => locale !== "" && quality > 0);
  return wanted.toSorted((a, b) => b.quality - a.quality).map(({ locale }) => locale);
}

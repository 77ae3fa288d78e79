import { createContext, type ReactNode, useContext, useEffect, useMemo } from "react";
import { I18nProvider as AriaI18nProvider } from "react-aria-components";
import type { Snapshot } from "../../src-shared/ipc/index.ts";
import { DEFAULT_LANGUAGE, type Language, type Translations } from "../../src-shared/languages.ts";
import type { ProblemCode, ProblemText } from "./codes.ts";
import { type Messages, messagesEn } from "./messages-en.ts";
import { createFormat, type Format } from "./format.ts";
import { messagesFr } from "./messages-fr.ts";

export type I18n = {
  readonly language: Language;
  readonly messages: Messages;
  readonly format: Format;
  /** The explanation of a problem; `date` in integer seconds where its text contains one. */
  explain: (code: ProblemCode, date?: number | null, isCopy?: boolean) => ProblemText;
};

const catalogs: Translations<Messages> = { fr: messagesFr, en: messagesEn };

export function createI18n(language: Language, support: string): I18n {
  const messages = catalogs[language];
  const format = createFormat(language);
  return {
    language,
    messages,
    format,
    explain: (code, date = null, isCopy = false) =>
      messages.problems[code]({
        date: date === null ? null : format.date(date),
        support: support === "" ? messages.app.publisher : support,
        isCopy,
      }),
  };
}

const I18nContext = createContext<I18n>(createI18n(DEFAULT_LANGUAGE, ""));

/** Provides the texts of the chosen language to all components inside it. A change of the language applies at once. */
export function I18nProvider(props: { snapshot: Snapshot; children: ReactNode }): ReactNode {
  const { language, support } = props.snapshot;
  const i18n = useMemo(() => createI18n(language, support), [language, support]);
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  return (
    <AriaI18nProvider locale={language}>
      <I18nContext value={i18n}>{props.children}</I18nContext>
    </AriaI18nProvider>
  );
}

export function useI18n(): I18n {
  return useContext(I18nContext);
}
